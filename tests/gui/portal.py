"""A desktop portal for the tests, in a process of its own: `python -m tests.gui.portal BUS REPLY`.

It answers a request for a screenshot with REPLY as the response's code, and the file FILE if given.
"""

from __future__ import annotations

import sys
from typing import Any, cast

from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtDBus import QDBusConnection


def _interface(name: str) -> Any:
    """What the object is called on the bus; the library's own types do not know it."""
    return cast("Any", ClassInfo)({"D-Bus Interface": name})


def main() -> int:
    address, code, *files = sys.argv[1:]
    app = QCoreApplication([])
    bus = QDBusConnection.connectToBus(address, "portal")
    options = QDBusConnection.RegisterOption

    @_interface("org.freedesktop.portal.Request")
    class Request(QObject):
        Response = Signal("uint", "QVariantMap")  # type: ignore[arg-type]

    @_interface("org.freedesktop.portal.Screenshot")
    class Portal(QObject):
        @Slot(str, "QVariantMap", result=str)
        def Screenshot(self, parent: str, wanted: dict[str, Any]) -> str:  # noqa: N802
            # The path names the caller, whom Qt does not tell: the only other one on this bus.
            names = bus.interface().registeredServiceNames().value()
            callers = [name for name in names if name.startswith(":") and name != bus.baseService()]
            answer = {"uri": QUrl.fromLocalFile(files[0]).toString()} if files else {}
            for caller in callers:
                sender = caller.removeprefix(":").replace(".", "_")
                place = f"/org/freedesktop/portal/desktop/request/{sender}/{wanted['handle_token']}"
                request = Request(self)
                bus.registerObject(place, request, options.ExportAllSignals)
                QTimer.singleShot(0, lambda each=request: each.Response.emit(int(code), answer))
            return "/handle"

    portal = Portal()
    bus.registerObject("/org/freedesktop/portal/desktop", portal, options.ExportAllSlots)
    if not bus.registerService("org.freedesktop.portal.Desktop"):
        return 1
    print("ready", flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
