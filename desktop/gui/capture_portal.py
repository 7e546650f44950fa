"""Screenshots on Linux, asked of the desktop's portal over D-Bus.

https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Screenshot.html
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from PySide6.QtCore import SLOT, QObject, QUrl, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
from PySide6.QtGui import QGuiApplication
from typing_extensions import override

from desktop.gui.capture_source import CaptureSource

_SERVICE = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_REQUEST = "org.freedesktop.portal.Request"
_DONE, _CANCELLED = 0, 1  # of a response; 2 is any other end


class PortalCapture(CaptureSource):
    """The desktop shows its own way to choose a region, and hands over a file."""

    def __init__(
        self, parent: QObject | None = None, *, bus: QDBusConnection | None = None
    ) -> None:
        super().__init__(parent)
        self._given = bus
        self._request = ""

    @property
    def _bus(self) -> QDBusConnection:
        return self._given if self._given is not None else QDBusConnection.sessionBus()

    @override
    def _begin(self, window_id: int) -> None:
        bus = self._bus
        if not bus.isConnected():
            self._fail_without_portal()
            return
        # Listening comes before asking; the portal makes the path from these two.
        token = f"groundglass_{secrets.token_hex(8)}"
        sender = bus.baseService().removeprefix(":").replace(".", "_")
        self._request = f"{_PATH}/request/{sender}/{token}"
        # Any sender: the path's token is known to the portal only.
        bus.connect("", self._request, _REQUEST, "Response", self, _RESPONSE)
        is_x11 = QGuiApplication.platformName() == "xcb"
        message = QDBusMessage.createMethodCall(
            _SERVICE, _PATH, "org.freedesktop.portal.Screenshot", "Screenshot"
        )
        parent = f"x11:{window_id:x}" if is_x11 and window_id else ""
        message.setArguments([parent, {"handle_token": token, "interactive": True}])
        watcher = QDBusPendingCallWatcher(bus.asyncCall(message), self)
        watcher.finished.connect(self._on_asked)

    @Slot(QDBusPendingCallWatcher)
    def _on_asked(self, watcher: QDBusPendingCallWatcher) -> None:
        is_refused = watcher.isError()
        watcher.deleteLater()
        if is_refused and self.is_running:
            self._stop_listening()
            self._fail_without_portal()

    @Slot("uint", "QVariantMap")
    def _on_response(self, code: int, results: dict[str, Any]) -> None:
        if not self.is_running:
            return
        self._stop_listening()
        place = QUrl(str(results.get("uri", "")))
        if code == _DONE and place.isLocalFile():
            self._take_file(Path(place.toLocalFile()))
        elif code == _CANCELLED:
            self._cancel()
        else:
            self._fail(
                self.tr(
                    "The desktop did not hand over a screenshot. Take one with its own tool, copy "
                    "it and paste it here."
                )
            )

    def _stop_listening(self) -> None:
        self._bus.disconnect("", self._request, _REQUEST, "Response", self, _RESPONSE)

    def _fail_without_portal(self) -> None:
        self._fail(
            self.tr(
                "This desktop offers programs no way to take a screenshot. Take one with its own "
                "tool, copy it and paste it here."
            )
        )


# The type stubs want bytes here, which the library itself then refuses.
_RESPONSE: Any = SLOT("_on_response(uint,QVariantMap)")
