"""The one module that opens connections: each of them listed, all of them forbidden by one switch.

Redirects are followed by hand, so that every host is listed and a token reaches no other host than
its own.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import httpx
import truststore
from msgspec import Struct
from typing_extensions import override

from desktop.core.errors import DownloadError, ErrorCode
from desktop.store.connection_log import ConnectionLog, ConnectionOutcome
from desktop.store.stopping import StopFlag, StoppedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop.store.connection_log import ConnectionRecord

_MOST_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONNECT_TIMEOUT_S = 15.0
_STALL_TIMEOUT_S = 30.0  # without a byte
_TELL_S = 0.5  # between two entries on how much has come
_HEADERS = {"User-Agent": "Groundglass", "Accept": "*/*", "Accept-Encoding": "identity"}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

# Their lines hold whole addresses, and with them the names of models.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)


class RefusalError(DownloadError):
    """A server answered with an error status.

    Attributes:
        status: Its number.
        retry_after: The header of that name, as it came.
    """

    def __init__(self, host: str, status: int, retry_after: str | None = None) -> None:
        super().__init__(
            f"{host} refused the download (status {status}).",
            ErrorCode.DOWNLOAD_REFUSED,
            host=host,
            status=str(status),
        )
        self.status = status
        self.retry_after = retry_after


class UnreachableError(DownloadError):
    """A host did not even take the connection: blocked, down, or there is no network."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} cannot be reached. Check the network and try again.",
            ErrorCode.DOWNLOAD_CONNECTION,
            host=host,
        )


class HostToken(Struct, frozen=True):
    """A secret that only one origin may see.

    Attributes:
        origin: Scheme, host and port, such as `https://huggingface.co`.
        secret: Visible ASCII; raises `ValueError` otherwise.
    """

    origin: str
    secret: str

    def __post_init__(self) -> None:
        if not (self.secret.isascii() and self.secret.isprintable()) or " " in self.secret:
            raise ValueError("not a token")

    @override
    def __repr__(self) -> str:
        return f"HostToken({self.origin!r})"

    def header_for(self, url: httpx.URL) -> dict[str, str]:
        """The header to send there; none to other origins or in the clear."""
        if _origin(url) != _origin(httpx.URL(self.origin)):
            return {}
        if url.scheme != "https" and url.host not in _LOOPBACK:
            return {}
        return {"Authorization": f"Bearer {self.secret}"}


class Hop(Struct, frozen=True):
    """One request on the way to an answer; header names are in lower case."""

    host: str
    status: int
    headers: Mapping[str, str]


class Answer:
    """A server's answer, its body not read yet. Usable inside the `with` that gave it."""

    def __init__(self, response: httpx.Response, hops: tuple[Hop, ...], link: _Link) -> None:
        self._response = response
        self._link = link
        self.hops = hops
        self.status = hops[-1].status
        self.host = hops[-1].host
        self.headers = hops[-1].headers

    def chunks(self) -> Iterator[bytes]:
        """The body as it comes; ends early only with an exception."""
        for chunk in self._response.iter_raw():
            self._link.check()
            self._link.tell(self._response.num_bytes_downloaded)
            yield chunk
        self._link.check()  # a cut connection may look like an end

    def read(self, limit: int) -> bytes:
        """The whole body; raises `DownloadError` if it has more than `limit` bytes."""
        body = bytearray()
        for chunk in self.chunks():
            body += chunk
            if len(body) > limit:
                raise unusable(self.host)
        return bytes(body)

    def refuse(self) -> None:
        """Raise `RefusalError` if the status is not one of success."""
        if not 200 <= self.status < 300:
            raise RefusalError(self.host, self.status, self.headers.get("retry-after"))


class Network:
    """Makes connections. Any thread may use it.

    `context` replaces the system's certificate store, `timeout_s` the wait for a silent server.
    """

    def __init__(
        self,
        log: ConnectionLog,
        *,
        is_offline: bool = False,
        timeout_s: float = _STALL_TIMEOUT_S,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.log = log
        self._is_offline = is_offline
        self._timeout_s = timeout_s
        self._context = context
        self._lock = threading.Lock()
        self._links: set[_Link] = set()

    @property
    def is_offline(self) -> bool:
        """Whether connections are forbidden."""
        return self._is_offline

    def set_offline(self, is_offline: bool) -> None:
        """Forbid connections, cutting the open ones, or allow them again."""
        with self._lock:
            self._is_offline = is_offline
            links = tuple(self._links) if is_offline else ()
        for link in links:
            link.cut()

    @contextmanager
    def open(
        self,
        url: str,
        *,
        purpose: str,
        stop: StopFlag,
        headers: Mapping[str, str] | None = None,
        token: HostToken | None = None,
    ) -> Iterator[Answer]:
        """Ask for `url`; gives the first answer that is no redirect, whatever its status.

        Raises:
            DownloadError: No answer: offline, no connection, no trust, or redirects without end.
                Raised inside the block too, while the body is read.
            StoppedError: `stop` was raised.
        """
        target = _checked(url, None)
        link = _Link(self, stop)
        hops: tuple[Hop, ...] = ()
        with self._registered(link), self._client(target) as client:
            for _ in range(_MOST_REDIRECTS + 1):
                sent = {**(headers or {}), **(token.header_for(target) if token else {})}
                with self._exchange(client, link, target, purpose, sent) as response:
                    found = {name.lower(): value for name, value in response.headers.items()}
                    hops = (*hops, Hop(_host(target), response.status_code, found))
                    location = found.get("location")
                    if response.status_code not in _REDIRECTS or location is None:
                        if found.get("content-encoding", "identity") != "identity":
                            raise unusable(_host(target))
                        yield Answer(response, hops, link)
                        return
                    target = _checked(location, target)
            raise unusable(_host(target))

    @contextmanager
    def _registered(self, link: _Link) -> Iterator[None]:
        with self._lock:
            self._links.add(link)
        try:
            with link.stop.cutting(link.cut):
                yield
        finally:
            with self._lock:
                self._links.discard(link)

    def _client(self, url: httpx.URL) -> httpx.Client:
        """A new client: system proxies are read again each time, since networks change."""
        if self._context is None:
            self._context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        connect_s = min(self._timeout_s, _CONNECT_TIMEOUT_S)
        timeout = httpx.Timeout(self._timeout_s, connect=connect_s)
        try:
            return httpx.Client(
                verify=self._context, timeout=timeout, headers=_HEADERS, trust_env=True
            )
        except (ValueError, ImportError) as error:  # a proxy setting of an unknown kind
            raise no_connection(_host(url)) from error

    @contextmanager
    def _exchange(
        self,
        client: httpx.Client,
        link: _Link,
        url: httpx.URL,
        purpose: str,
        headers: Mapping[str, str],
    ) -> Iterator[httpx.Response]:
        """One request to one host, listed from its beginning to its end."""
        host = _host(url)
        record = link.record = self.log.begin(host, purpose)
        response: httpx.Response | None = None
        outcome = ConnectionOutcome.FAILED
        try:
            link.check()
            request = client.build_request(
                "GET", url, headers=headers, extensions={"trace": link.trace}
            )
            response = client.send(request, stream=True, follow_redirects=False)
            yield response
            outcome = _outcome(response.status_code)
        except StoppedError:
            outcome = ConnectionOutcome.STOPPED
            raise
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if link.stop.is_raised:
                outcome = ConnectionOutcome.STOPPED
                raise StoppedError from None
            if self._is_offline:
                outcome = ConnectionOutcome.BLOCKED
                raise offline() from None
            raise _failure(error, host) from error
        except DownloadError as error:
            if error.code is ErrorCode.OFFLINE:
                outcome = ConnectionOutcome.BLOCKED
            elif response is not None:
                outcome = _outcome(response.status_code)
            raise
        finally:
            received = response.num_bytes_downloaded if response is not None else 0
            self.log.end(record, received, outcome)
            if response is not None:
                response.close()


class _Link:
    """A request under way: can be cut from another thread."""

    def __init__(self, network: Network, stop: StopFlag) -> None:
        self._network = network
        self.stop = stop
        self.record: ConnectionRecord | None = None
        self._told_at = time.monotonic()
        self._socket: socket.socket | None = None
        self._is_cut = False

    def check(self) -> None:
        """Raise if this request may not go on."""
        self.stop.check()
        if self._network.is_offline:
            raise offline()

    def tell(self, received: int) -> None:
        """List how much has come, now and then."""
        now = time.monotonic()
        if self.record is not None and now - self._told_at >= _TELL_S:
            self._told_at = now
            self._network.log.progress(self.record, received)

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Remember the socket as soon as there is one; httpcore calls this."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info.get("return_value")
            self._socket = getattr(stream, "get_extra_info", lambda _name: None)("socket")
            if self._is_cut:
                self.cut()

    def cut(self) -> None:
        """Make a blocked read return at once."""
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):  # already closed
                # Not SSLSocket's own method: it drops the TLS object that the reader uses.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def offline() -> DownloadError:
    """The error for a connection that the switch forbids."""
    return DownloadError(
        "Groundglass stays offline, as chosen in the settings, so nothing is downloaded.",
        ErrorCode.OFFLINE,
    )


def unusable(host: str) -> DownloadError:
    """The error for an answer that breaks the rules."""
    return DownloadError(
        f"{host} sent an answer that cannot be used.", ErrorCode.DOWNLOAD_UNUSABLE, host=host
    )


def no_connection(host: str) -> DownloadError:
    """The error for a host that is not reached, or is lost."""
    return DownloadError(
        f"The connection to {host} failed. Check the network and try again.",
        ErrorCode.DOWNLOAD_CONNECTION,
        host=host,
    )


def _failure(error: Exception, host: str) -> DownloadError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return DownloadError(
                f"{host} could not prove that it is {host}: this computer does not trust its "
                "certificate.",
                ErrorCode.DOWNLOAD_UNTRUSTED,
                host=host,
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)):
        return UnreachableError(host)
    return no_connection(host)


def _outcome(status: int) -> ConnectionOutcome:
    if status in _REDIRECTS:
        return ConnectionOutcome.REDIRECTED
    return ConnectionOutcome.ANSWERED if status < 400 else ConnectionOutcome.REFUSED


def _checked(address: str, before: httpx.URL | None) -> httpx.URL:
    """The address as a URL that may be asked; never in the clear after an encrypted one."""
    host = _host(before) if before is not None else "the address"
    try:
        url = before.join(address) if before is not None else httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise unusable(host) from error
    allowed = {"https"} if before is not None and before.scheme == "https" else {"http", "https"}
    if url.scheme not in allowed or not url.host or url.userinfo:
        raise unusable(host)
    return url.copy_with(fragment=None)


def _host(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")  # the port is None where it is the scheme's own


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
