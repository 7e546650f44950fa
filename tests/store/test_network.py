"""One module opens connections; each is listed; one switch forbids all."""

from __future__ import annotations

import ast
import re
import ssl
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

import desktop
from desktop.core.errors import DownloadError, ErrorCode
from desktop.store.connection_log import ConnectionLog, ConnectionOutcome, ConnectionRecord
from desktop.store.network import HostToken, Network
from desktop.store.stopping import StopFlag, StoppedError
from tests.hub import Hub, Trouble

PURPOSE = "download a test"
FILE = "/cdn/weights.gguf"
FILES = {"weights.gguf": b"w" * 200_000}
AT = datetime(2026, 11, 22, tzinfo=UTC)

OPENERS = re.compile(
    r"(socket|ssl|http|urllib\.request|urllib3|ftplib|smtplib|poplib|imaplib|telnetlib|socketserver"
    r"|xmlrpc|asyncio|httpx|httpx2|httpcore|requests|aiohttp|websockets|huggingface_hub|hf_xet"
    r"|PySide6\.Qt(Network|WebSockets|WebEngine\w*|Http\w*))(\..*)?"
)
LOCAL_ONLY = {
    "gui/qt_libraries.py": {"socket"},  # asks whether X's own local socket answers
    "gui/single_instance.py": {"PySide6.QtNetwork"},  # a named local socket between two starts
    "gui/terminal_signals.py": {"socket"},  # a pair within the process
}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("import_module", "__import__")
        ):
            found.update(
                arg.value
                for arg in node.args
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            )
    return found


def test_that_no_other_module_can_open_a_connection() -> None:
    package = Path(desktop.__file__).parent
    openers = {}
    for path in package.rglob("*.py"):
        name = path.relative_to(package).as_posix()
        found = {module for module in imports(path) if OPENERS.fullmatch(module)}
        allowed = LOCAL_ONLY.get(name, set())
        if found := {module for module in found if not module.startswith(tuple(allowed))}:
            openers[name] = found
    assert set(openers) == {"store/network.py"}
    assert {"httpx", "socket"} <= openers["store/network.py"]


def test_that_local_sockets_stay_local() -> None:
    package = Path(desktop.__file__).parent
    probe = (package / "gui/qt_libraries.py").read_text(encoding="utf-8")
    assert set(re.findall(r"socket\.(AF_\w+)", probe)) == {"AF_UNIX"}
    pair = (package / "gui/terminal_signals.py").read_text(encoding="utf-8")
    assert set(re.findall(r"socket\.(\w+)\(", pair)) == {"socketpair"}
    instance = (package / "gui/single_instance.py").read_text(encoding="utf-8")
    assert set(re.findall(r"\bQ(?:Tcp|Udp|Ssl|Network\w+|Local\w+)\b", instance)) == {
        "QLocalServer",
        "QLocalSocket",
    }


def read(network: Network, url: str, token: HostToken | None = None) -> bytes:
    with network.open(url, purpose=PURPOSE, stop=StopFlag(), token=token) as answer:
        return answer.read(1 << 20)


def test_that_every_connection_is_listed_with_its_end() -> None:
    log = ConnectionLog(now=lambda: AT)
    heard: list[ConnectionRecord] = []
    log.subscribe(heard.append)
    with Hub(FILES) as hub:
        hub.troubles.append(Trouble(location="/cdn/weights.gguf?again"))
        assert read(Network(log), hub.base_url + FILE) == FILES["weights.gguf"]
        hub.troubles.append(Trouble(status=404))
        read(Network(log), hub.base_url + FILE)
        host = hub.host
    ends = [(record.host, record.bytes_received, record.outcome) for record in log.records()]
    assert ends == [
        (host, 0, ConnectionOutcome.REDIRECTED),
        (host, 200_000, ConnectionOutcome.ANSWERED),
        (host, 7, ConnectionOutcome.REFUSED),
    ]
    assert {(record.purpose, record.started_at) for record in log.records()} == {(PURPOSE, AT)}
    assert [record.number for record in heard] == [1, 1, 2, 2, 3, 3]
    assert heard[0].outcome is ConnectionOutcome.OPEN
    log.clear()
    assert log.records() == ()


def test_that_the_log_keeps_the_latest() -> None:
    log = ConnectionLog(kept=3)
    for number in range(5):
        log.end(log.begin(str(number), PURPOSE), 0, ConnectionOutcome.FAILED)
    assert [record.host for record in log.records()] == ["2", "3", "4"]


def test_that_offline_opens_nothing_and_says_so() -> None:
    log = ConnectionLog()
    with Hub(FILES) as hub:
        network = Network(log, is_offline=True)
        with pytest.raises(DownloadError) as caught:
            read(network, hub.base_url + FILE)
        assert caught.value.code is ErrorCode.OFFLINE
        assert hub.requests == []
        assert [record.outcome for record in log.records()] == [ConnectionOutcome.BLOCKED]
        network.set_offline(False)
        assert not network.is_offline
        assert read(network, hub.base_url + FILE)


def cut_while_waiting(hub: Hub, network: Network, stop: StopFlag, cut: threading.Thread) -> None:
    """Start `cut` when all that the server sends has been read."""
    hub.troubles.append(Trouble(stall_after=1000))
    received = 0
    started = time.monotonic()
    try:
        with network.open(hub.base_url + FILE, purpose=PURPOSE, stop=stop) as answer:
            for chunk in answer.chunks():
                received += len(chunk)
                if received == 1000:
                    cut.start()
    finally:
        cut.join()
        assert time.monotonic() - started < 10  # the server would be waited for 30 s


def test_that_going_offline_cuts_what_is_open() -> None:
    network = Network(ConnectionLog())
    with Hub(FILES) as hub:
        cut = threading.Thread(target=network.set_offline, args=(True,))
        with pytest.raises(DownloadError) as caught:
            cut_while_waiting(hub, network, StopFlag(), cut)
        assert caught.value.code is ErrorCode.OFFLINE


def test_that_stopping_cuts_a_silent_connection() -> None:
    network = Network(ConnectionLog())
    stop = StopFlag()
    with Hub(FILES) as hub:
        cut = threading.Thread(target=stop.stop)
        with pytest.raises(StoppedError):
            cut_while_waiting(hub, network, stop, cut)
    assert network.log.records()[-1].outcome is ConnectionOutcome.STOPPED


def test_that_a_token_reaches_its_own_host_only() -> None:
    with Hub(FILES) as home, Hub(FILES) as elsewhere:
        token = HostToken(home.base_url, "secret")
        assert "secret" not in repr(token)
        home.troubles.append(Trouble(location=FILE))
        home.troubles.append(Trouble(location=elsewhere.base_url + FILE))
        elsewhere.troubles.append(Trouble(location=home.base_url + FILE))
        read(Network(ConnectionLog()), home.base_url + FILE, token)
        read(Network(ConnectionLog()), elsewhere.base_url + FILE, token)
        assert {request.headers["authorization"] for request in home.requests} == {"Bearer secret"}
        assert len(home.requests) == 3
        assert len(elsewhere.requests) == 2
        assert all("authorization" not in request.headers for request in elsewhere.requests)


@pytest.mark.parametrize(
    ("origin", "url", "is_sent"),
    [
        ("https://huggingface.co", "https://huggingface.co/a", True),
        ("https://huggingface.co", "https://huggingface.co:443/a", True),
        ("https://huggingface.co", "http://huggingface.co/a", False),
        ("https://huggingface.co", "https://huggingface.co:8443/a", False),
        ("https://huggingface.co", "https://cdn.huggingface.co/a", False),
        ("https://huggingface.co", "https://huggingface.co.evil.example/a", False),
        ("http://huggingface.co", "http://huggingface.co/a", False),
    ],
)
def test_that_a_token_is_bound_to_scheme_host_and_port(
    origin: str, url: str, is_sent: bool
) -> None:
    assert bool(HostToken(origin, "secret").header_for(httpx.URL(url))) is is_sent


@pytest.mark.parametrize("secret", ["a b", "a\nb", "密"])
def test_that_what_is_no_token_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="token"):
        HostToken("https://huggingface.co", secret)


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/x", "file:///etc/passwd", "http:///x", "http://a:b@127.0.0.1/", "x"]
)
def test_that_only_plain_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(DownloadError) as caught:
        read(Network(ConnectionLog()), url)
    assert caught.value.code is ErrorCode.DOWNLOAD_UNUSABLE


def test_that_an_untrusted_certificate_has_its_own_sentence() -> None:
    with Hub(FILES, uses_tls=True) as hub:
        with pytest.raises(DownloadError) as caught:
            read(Network(ConnectionLog()), hub.base_url + FILE)
        assert caught.value.code is ErrorCode.DOWNLOAD_UNTRUSTED
        assert hub.requests == []


def test_that_nothing_encrypted_goes_on_in_the_clear() -> None:
    context = ssl.create_default_context(
        cafile=str(Path(__file__).parent.parent / "fixtures" / "untrusted.pem")
    )
    with Hub(FILES, uses_tls=True) as hub, Hub(FILES) as clear:
        network = Network(ConnectionLog(), context=context)
        assert read(network, hub.base_url + FILE)
        hub.troubles.append(Trouble(location=clear.base_url + FILE))
        with pytest.raises(DownloadError) as caught:
            read(network, hub.base_url + FILE)
        assert caught.value.code is ErrorCode.DOWNLOAD_UNUSABLE
        assert clear.requests == []
        stop = StopFlag()
        cut = threading.Thread(target=stop.stop)
        with pytest.raises(StoppedError):  # cut under TLS too
            cut_while_waiting(hub, network, stop, cut)


def test_that_plain_text_on_a_tls_port_is_a_failed_connection() -> None:
    with Hub(FILES) as hub, pytest.raises(DownloadError) as caught:
        read(Network(ConnectionLog()), hub.base_url.replace("http:", "https:") + FILE)
    assert caught.value.code is ErrorCode.DOWNLOAD_CONNECTION


def test_that_system_proxies_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Hub({}) as proxy:
        monkeypatch.setenv("http_proxy", proxy.base_url)
        monkeypatch.setenv("no_proxy", "")
        read(Network(ConnectionLog()), "http://nowhere.invalid/x")
        assert [request.path for request in proxy.requests] == ["http://nowhere.invalid/x"]


def test_that_a_proxy_setting_of_an_unknown_kind_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("all_proxy", "gopher://127.0.0.1:1")
    with pytest.raises(DownloadError) as caught:
        read(Network(ConnectionLog()), "http://nowhere.invalid/x")
    assert caught.value.code is ErrorCode.DOWNLOAD_CONNECTION


def test_that_an_endless_answer_is_not_read_to_its_end() -> None:
    network = Network(ConnectionLog())
    with (
        Hub(FILES) as hub,
        pytest.raises(DownloadError) as caught,
        network.open(hub.base_url + FILE, purpose=PURPOSE, stop=StopFlag()) as answer,
    ):
        answer.read(1000)
    assert caught.value.code is ErrorCode.DOWNLOAD_UNUSABLE
