"""A model hub on 127.0.0.1 that speaks like the real ones, and misbehaves when it is told to."""

from __future__ import annotations

import contextlib
import hashlib
import json
import ssl
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from typing_extensions import override

REPO = "Qwen/Tiny-VL-GGUF"
REVISION = "main"
_CERTIFICATE = Path(__file__).parent / "fixtures" / "untrusted.pem"


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with one request; requests use up `Hub.troubles` in order.

    Attributes:
        status: Answer with this instead.
        headers: Added, or put in place of the right ones; "" leaves one out.
        content: Sent in place of the right file.
        cut_after: Bytes of the body, then the connection is closed.
        stall_after: Bytes of the body, then nothing more comes.
        ignores_range: 200 with the whole file.
        location: Redirect there; `{path}` is the request's own path.
    """

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    cut_after: int | None = None
    stall_after: int | None = None
    ignores_range: bool = False
    location: str | None = None


NO_TROUBLE = Trouble()


@dataclass(frozen=True)
class Request:
    """What a client asked for; header names in lower case."""

    path: str
    headers: Mapping[str, str]


class Hub:
    """Files of one model, served until the end of the `with` block. Attributes may be changed."""

    def __init__(self, files: Mapping[str, bytes] | None = None, *, uses_tls: bool = False) -> None:
        self.files = dict(files or {})
        self.troubles: deque[Trouble] = deque()  # for the bytes of files
        self.list_troubles: deque[Trouble] = deque()
        self.plain: set[str] = set()  # Hugging Face keeps these in git: no sha256
        self.listing: object = None  # sent in place of the right one
        self.page_length = 1000  # files in one page of a listing
        self.link_base: str | None = None  # where links to next pages lead
        self.cdn: Hub | None = None  # where files are redirected to
        self.token: str | None = None  # asked for, if set
        self.requests: list[Request] = []
        self.served = threading.Event()  # a body has begun
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.hub = self
        self._scheme = "https" if uses_tls else "http"
        if uses_tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(_CERTIFICATE)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.005}
        )

    @property
    def base_url(self) -> str:
        """For the client's settings."""
        return f"{self._scheme}://{self.host}"

    @property
    def host(self) -> str:
        """Address and port."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def paths(self) -> list[str]:
        """What was asked for, queries left out."""
        return [urlsplit(request.path).path for request in self.requests]

    def __enter__(self) -> Hub:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def etag(self, path: str) -> str:
        """As Hugging Face makes it: the sha256, or git's blob id."""
        content = self.files[path]
        if path in self.plain:
            return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()  # noqa: S324
        return hashlib.sha256(content).hexdigest()

    def tree(self) -> list[dict[str, Any]]:
        """Hugging Face's listing."""
        entries: list[dict[str, Any]] = [{"type": "directory", "oid": "0" * 40, "path": "folder"}]
        for path, content in self.files.items():
            entry: dict[str, Any] = {"type": "file", "size": len(content), "path": path}
            entry["oid"] = self.etag(path) if path in self.plain else "1" * 40
            if path not in self.plain:
                lfs = {"oid": self.etag(path), "size": len(content), "pointerSize": 134}
                entry["lfs"] = lfs
            entries.append(entry)
        return entries

    def scope_listing(self) -> dict[str, Any]:
        """ModelScope's listing."""
        files = [{"Name": "folder", "Path": "folder", "Type": "tree", "Size": 0, "Sha256": ""}] + [
            {
                "Name": path.rpartition("/")[2],
                "Path": path,
                "Type": "blob",
                "Size": len(content),
                "Sha256": hashlib.sha256(content).hexdigest(),
                "Revision": "2" * 40,
            }
            for path, content in self.files.items()
        ]
        return {"Code": 200, "Message": "success", "Success": True, "Data": {"Files": files}}


class _Server(ThreadingHTTPServer):
    hub: Hub
    daemon_threads = True

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave in the middle are part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    @override
    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub = self.server.hub
        headers = {name.lower(): value for name, value in self.headers.items()}
        hub.requests.append(Request(self.path, headers))
        path = unquote(urlsplit(self.path).path)
        if hub.token and headers.get("authorization") != f"Bearer {hub.token}":
            self._send(401, b"no")
        elif path == f"/api/models/{REPO}/tree/{REVISION}":
            self._list_tree()
        elif path == f"/api/v1/models/{REPO}/repo/files":
            self._list_scope()
        elif path.startswith(f"/{REPO}/resolve/{REVISION}/"):
            self._resolve(path.removeprefix(f"/{REPO}/resolve/{REVISION}/"))
        elif path.startswith(f"/models/{REPO}/resolve/"):
            self._serve(path.removeprefix(f"/models/{REPO}/resolve/").partition("/")[2])
        elif path.startswith("/cdn/"):
            self._serve(path.removeprefix("/cdn/"))
        else:
            self._send(404, b"unknown")

    def _list_tree(self) -> None:
        hub = self.server.hub
        entries = hub.listing if hub.listing is not None else hub.tree()
        headers = {}
        if hub.listing is None:
            begin = int(parse_qs(urlsplit(self.path).query).get("cursor", ["0"])[0])
            end = begin + hub.page_length
            if end < len(hub.tree()):
                following = f"{urlsplit(self.path).path}?recursive=true&cursor={end}"
                base = hub.link_base or hub.base_url
                headers["Link"] = f'<{base}{following}>; rel="next"'
            entries = hub.tree()[begin:end]
        self._list(entries, headers)

    def _list_scope(self) -> None:
        hub = self.server.hub
        self._list(hub.listing if hub.listing is not None else hub.scope_listing(), {})

    def _list(self, listing: object, headers: Mapping[str, str]) -> None:
        troubles = self.server.hub.list_troubles
        trouble = troubles.popleft() if troubles else NO_TROUBLE
        body = listing if isinstance(listing, bytes) else json.dumps(listing).encode()
        if trouble.status:
            self._send(trouble.status, b"trouble", trouble.headers)
        else:
            self._send(200, body, {"Content-Type": "application/json", **headers}, trouble)

    def _resolve(self, path: str) -> None:
        """Redirect to the bytes, as Hugging Face does for big files."""
        hub = self.server.hub
        if path not in hub.files:
            self._send(404, b"no such file")
            return
        target = hub.cdn or hub
        headers = {
            "Location": f"{target.base_url}/cdn/{quote(path)}",
            "ETag": f'"{hub.etag(path)}"',
            "X-Linked-Etag": f'"{hub.etag(path)}"',
            "X-Linked-Size": str(len(hub.files[path])),
            "X-Repo-Commit": "3" * 40,
            "Accept-Ranges": "bytes",
        }
        self._send(302, b"Found", headers)

    def _serve(self, path: str) -> None:
        hub = self.server.hub
        trouble = hub.troubles.popleft() if hub.troubles else NO_TROUBLE
        if trouble.location is not None:
            location = trouble.location.format(path=self.path)
            self._send(302, b"", {"Location": location})
        elif trouble.status:
            self._send(trouble.status, b"trouble", trouble.headers)
        elif path not in hub.files:
            self._send(404, b"no such file")
        else:
            content = hub.files[path] if trouble.content is None else trouble.content
            self._send_file(content, f'"{hashlib.sha256(content).hexdigest()}"', trouble)

    def _send_file(self, content: bytes, etag: str, trouble: Trouble) -> None:
        headers = {"ETag": etag, "X-Repo-Commit": "3" * 40, **trouble.headers}
        wanted = self.headers.get("Range")
        condition = self.headers.get("If-Range", etag)
        if wanted is None or trouble.ignores_range or condition != etag:
            self._send(200, content, headers, trouble)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start >= len(content):
            self._send(416, b"", {"Content-Range": f"bytes */{len(content)}"})
            return
        last = len(content) - 1
        headers.setdefault("Content-Range", f"bytes {start}-{last}/{len(content)}")
        self._send(206, content[start:], headers, trouble)

    def _send(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        trouble: Trouble = NO_TROUBLE,
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        ends = [end for end in (trouble.cut_after, trouble.stall_after) if end is not None]
        with contextlib.suppress(OSError):  # the client has left
            self.wfile.write(memoryview(body)[: min(ends, default=None)])
            self.wfile.flush()
            if status < 300:
                self.server.hub.served.set()
        if trouble.stall_after is not None:
            self.server.hub.closing.wait(30)
        if ends or not (headers or {}).get("Content-Length", "1"):
            self.close_connection = True
