"""A process that dies in the middle of writing the history."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from desktop.core.types import Role, StopReason
from desktop.store.history import History

WRITER = """
import sys
from pathlib import Path
from desktop.core.types import ImageAttachment, Message, Role, StopReason
from desktop.store.history import History

history = History(Path(sys.argv[1]), lambda sha256, page: Path("kept"))
pictures = (ImageAttachment("a" * 64, "image/png", 1, 1, 0, Path("kept"), ""),) * 3
conversation = history.create_conversation("killed")
while True:
    history.add_message(conversation, Message(Role.USER, "问题" * 500, pictures))
    answer = history.begin_answer(conversation)
    for length in range(1, 20):
        history.save_answer_text(answer.id, "answer " * length * 50)
    print(answer.id, flush=True)
    history.finish_answer(answer.id, "answer", StopReason.END)
"""


@pytest.mark.parametrize("answers", [1, 5, 25])
def test_that_a_killed_process_leaves_a_history_that_can_be_read(
    tmp_path: Path, answers: int
) -> None:
    path = tmp_path / "数据 data" / "history.sqlite3"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        reached = [int(writer.stdout.readline()) for _ in range(answers)]
        writer.kill()
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0  # there is something to recover
    with closing(History(path, lambda _sha256, _page: Path("kept"))) as history:
        (summary,) = history.conversations()
        messages = history.messages(summary.id)
    assert len(messages) >= 2 * answers
    assert messages[2 * answers - 1].id == reached[-1]
    for stored in messages:
        if stored.message.role is Role.USER:
            assert stored.message.text == "问题" * 500
            assert len(stored.message.attachments) == 3
        else:
            assert stored.stop_reason in {StopReason.END, StopReason.INTERRUPTED}
            assert stored.message.text.startswith("answer") or stored is messages[-1]
    unfinished = [stored for stored in messages if stored.stop_reason is StopReason.INTERRUPTED]
    assert unfinished in ([], [messages[-1]])
