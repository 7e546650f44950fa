"""A site on 127.0.0.1 that tells of releases as GitHub does, and misbehaves when it is told to."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping


class Publisher:
    """Answers every GET until the end of the `with` block. Attributes may be changed.

    Attributes:
        status: Of every answer.
        body: Of every answer; `publish` makes a right one.
        stalls_after: Bytes of the body, then nothing more comes; None sends all.
        location: Redirect the first request there.
        requests: Path and headers of each, the names in lower case.
    """

    def __init__(self) -> None:
        self.status = 200
        self.body = b""
        self.stalls_after: int | None = None
        self.location: str | None = None
        self.requests: list[tuple[str, Mapping[str, str]]] = []
        self.asked = threading.Event()
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.005}
        )

    @property
    def base(self) -> str:
        """Scheme, address and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """Where to ask for the newest release."""
        return f"{self.base}/repos/ground/glass/releases/latest"

    def publish(self, tag: str, **fields: object) -> None:
        """Have this release to tell of; `fields` are put over the right ones."""
        right = {
            "tag_name": tag,
            "html_url": f"{self.base}/ground/glass/releases/tag/{tag}",
            "draft": False,
            "prerelease": False,
            "name": f"Groundglass {tag}",
            "assets": [{"name": "a.dmg", "size": 1}],
        }
        self.body = json.dumps(right | fields).encode()

    def __enter__(self) -> Publisher:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(site: Publisher) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requests.append(
                (self.path, {name.lower(): value for name, value in self.headers.items()})
            )
            site.asked.set()
            if site.location is not None:
                self.send_response(301)
                self.send_header("Location", site.location)
                self.send_header("Content-Length", "0")
                self.end_headers()
                site.location = None
                return
            self.send_response(site.status)
            self.send_header("Content-Length", str(len(site.body)))
            self.end_headers()
            try:
                self.wfile.write(site.body[: site.stalls_after])
                self.wfile.flush()
                if site.stalls_after is not None:
                    site.closing.wait(20)
            except OSError:
                pass  # the client has left

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
