"""One running Groundglass per person and home: a second start hands its wishes to the first."""

from __future__ import annotations

import getpass
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QLockFile, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from desktop.core import paths

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIMIT_BYTES = 1_000_000
_REPLY = b"taken\n"
_PATIENCE_MS = 4_000
_RETRY_MS = 50


class StartRequest(Struct, frozen=True):
    """What a start asks for; paths are absolute. `model` is a model's id, or a path."""

    files: tuple[Path, ...] = ()
    model: str | None = None
    projector_path: Path | None = None

    def encode(self) -> bytes:
        """As one JSON line."""
        wishes = {
            "files": [str(path) for path in self.files],
            "model": self.model,
            "mmproj": str(self.projector_path) if self.projector_path else None,
        }
        return json.dumps(wishes).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> StartRequest | None:
        """From one JSON line; None for anything else."""
        try:
            wishes = json.loads(line)
            files = tuple(Path(str(entry)) for entry in wishes["files"])
            model, projector = wishes.get("model"), wishes.get("mmproj")
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return cls(
            files, str(model) if model else None, Path(str(projector)) if projector else None
        )


class SingleInstance(QObject):
    """Either this process is the first and listens, or its request went to the one that is.

    A lock file says who is first. Whoever takes it over from a killed process does so alone, so
    neither a kill nor two starts at the same moment leave nobody or two; the socket only carries
    requests.
    """

    requested = Signal(object)  # a StartRequest of a later start; also an empty one: come forward

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock: QLockFile | None = None
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        self._received: dict[QLocalSocket, bytearray] = {}

    def claim(self, request: StartRequest) -> bool:
        """True: this process is the first. False: the first one has taken the request.

        When somebody holds the lock but does not answer, it hangs or is ending: then True after
        some seconds, without listening, since a window that a person asked for beats none.
        """
        folder = paths.config_dir()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return True  # the stores will say it in a sentence
        lock = QLockFile(str(folder / "instance.lock"))
        lock.setStaleLockTime(0)  # stale only if its process is gone, never by age
        patience = QDeadlineTimer(_PATIENCE_MS)
        while not lock.tryLock(_RETRY_MS):
            if hand_over(request):
                return False
            if patience.hasExpired() or lock.error() != QLockFile.LockError.LockFailedError:
                return True
        self._lock = lock
        QLocalServer.removeServer(server_name())  # what a killed process left behind
        self._server.listen(server_name())
        return True

    def release(self) -> None:
        """Stop listening and let the next start be the first."""
        self._server.close()
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    @Slot()
    def _greet(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            self._received[connection] = bytearray()
            connection.readyRead.connect(self._read)
            connection.disconnected.connect(self._forget)
            self._take(connection)

    @Slot()
    def _read(self) -> None:
        connection = self.sender()
        if isinstance(connection, QLocalSocket):
            self._take(connection)

    @Slot()
    def _forget(self) -> None:
        connection = self.sender()
        if isinstance(connection, QLocalSocket):
            self._received.pop(connection, None)
            connection.deleteLater()

    def _take(self, connection: QLocalSocket) -> None:
        received = self._received[connection]
        received += connection.readAll().data()
        line, end, _rest = bytes(received).partition(b"\n")
        if len(received) > _LIMIT_BYTES or (end and StartRequest.decode(line) is None):
            connection.abort()
            return
        request = StartRequest.decode(line) if end else None
        if request is not None:
            received.clear()
            connection.write(_REPLY)
            connection.flush()
            self.requested.emit(request)


def server_name() -> str:
    """The socket's name: one per person and home, short enough for every system."""
    identity = f"{getpass.getuser()}\n{paths.config_dir()}"
    return f"groundglass-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def hand_over(request: StartRequest) -> bool:
    """Give the request to the running Groundglass; whether it was taken.

    Runs an event loop of its own for at most some seconds; called before there is a window.
    """
    message = request.encode()
    if len(message) > _LIMIT_BYTES:
        message = StartRequest().encode()  # at least the window comes forward
    loop = QEventLoop()
    connection = QLocalSocket()
    connection.connected.connect(lambda: connection.write(message))
    connection.readyRead.connect(loop.quit)
    connection.errorOccurred.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
    QTimer.singleShot(_PATIENCE_MS, loop.quit)
    connection.connectToServer(server_name())
    loop.exec()
    return connection.bytesAvailable() > 0 and connection.readAll().data() == _REPLY


def absolute(files: Sequence[str]) -> tuple[Path, ...]:
    """Paths as given on the command line, made independent of the working folder."""
    return tuple(Path(file).expanduser().absolute() for file in files)
