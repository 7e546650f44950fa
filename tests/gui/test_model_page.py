"""What is chosen for the model in use: shown, kept by model, and in force with the next answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from desktop.core.model_choices import ModelChoices, SamplingChoices
from desktop.core.types import (
    Adapter,
    EngineKind,
    FlashAttention,
    GenerationSettings,
    InstalledModel,
    Message,
    Role,
)
from desktop.gui.settings_dialog import Page, SettingsDialog
from desktop.store.model_store import builtin_model
from desktop.store.settings import Settings
from tests.documents import numbered, printed_pdf
from tests.gui.asking import WAIT_MS, Bench
from tests.gui.test_model_choice import QWEN, Scene
from tests.gui.test_settings_dialog import press, shown_texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.gui.model_page import AnswersPage

OWN = GenerationSettings(
    max_tokens=512, temperature=0.7, top_p=0.95, top_k=64, min_p=0.01, presence_penalty=1.5
)
ALL = SamplingChoices(
    max_tokens=1000,
    temperature=0.333333,
    top_p=0.5,
    top_k=0,
    min_p=0.05,
    presence_penalty=-0.5,
    repetition_penalty=1.1,
    seed=4_294_967_295,
)
TOLD = "You read receipts. 请用提问的语言回答。"


@pytest.fixture
def model(bench: Bench) -> InstalledModel:
    """The model in use, with defaults of its own; nothing is loaded."""
    found = InstalledModel(
        "a:q4", "Model A", EngineKind.FAKE, bench.folder / "a.json", None, sampling=OWN
    )
    bench.services.model_state.model = found
    return found


@pytest.fixture(autouse=True)
def numbers(american_numbers: None) -> None:
    """Numbers in sentences as in "1,000.5"."""


def opened(qtbot: QtBot, bench: Bench) -> SettingsDialog:
    dialog = SettingsDialog(bench.services, None, Page.ANSWERS)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def page_of(dialog: SettingsDialog) -> AnswersPage:
    return dialog._answers


def numbers_of(page: AnswersPage) -> dict[str, str]:
    return {name: field.box.text() for name, field in page._fields.items()}


@pytest.mark.usefixtures("model")
def test_that_the_models_own_values_stand_where_nothing_was_chosen(
    qtbot: QtBot, bench: Bench
) -> None:
    dialog = opened(qtbot, bench)
    page = page_of(dialog)
    assert numbers_of(page) == {
        "max_tokens": "512",
        "temperature": "0.7",
        "top_p": "0.95",
        "top_k": "64",
        "min_p": "0.01",
        "presence_penalty": "1.5",
        "repetition_penalty": "1",
    }
    assert "For Model A" in shown_texts(dialog)
    assert "The model's own: 0.95" in shown_texts(dialog)
    assert not any(field.reset_button.isVisible() for field in page._fields.values())
    press(dialog, "OK")
    assert bench.services.settings.value == Settings()


def test_that_every_choice_survives_and_is_kept_by_model(
    qtbot: QtBot, bench: Bench, model: InstalledModel
) -> None:
    settings = bench.services.settings
    chosen = ModelChoices(EngineKind.MLX, ALL, TOLD, (Adapter(bench.folder / "x.gguf", 0.5),))
    other = ModelChoices(system_prompt="Another model's.")
    before = Settings().with_choices(model.id, chosen).with_choices("b:q8", other)
    settings.set(before)
    dialog = opened(qtbot, bench)
    page = page_of(dialog)
    assert numbers_of(page)["temperature"] == "0.333"
    assert page._prompt.edit.toPlainText() == TOLD
    press(dialog, "OK")
    assert settings.value == before  # 0.333333 is not rounded by being shown
    dialog = opened(qtbot, bench)
    page = page_of(dialog)
    page._fields["top_k"].box.setValue(7)
    page._fields["min_p"].box.setValue(OWN.min_p)  # as the model's: nothing is chosen
    page._seed.kind.choose("new")
    page._prompt.edit.setPlainText("Be short.")
    press(dialog, "OK")
    assert settings.value.choices(model.id) == replace(
        chosen,
        sampling=replace(ALL, top_k=7, min_p=None, seed=None),
        system_prompt="Be short.",
    )
    assert isinstance(settings.value.choices(model.id).sampling.top_k, int)
    assert settings.value.choices("b:q8") == other


def test_that_one_value_or_all_go_back_to_the_models_own(
    qtbot: QtBot, bench: Bench, model: InstalledModel
) -> None:
    settings = bench.services.settings
    settings.set(Settings().with_choices(model.id, ModelChoices(sampling=ALL, system_prompt=TOLD)))
    dialog = opened(qtbot, bench)
    page = page_of(dialog)
    field = page._fields["temperature"]
    assert field.reset_button.isVisible()
    assert field.reset_button.toolTip() == "Back to 0.7"
    field.reset_button.click()
    assert not field.reset_button.isVisible()
    press(dialog, "OK")
    assert settings.value.choices(model.id).sampling == replace(ALL, temperature=None)
    dialog = opened(qtbot, bench)
    press(dialog, "Reset to the model's defaults")
    assert settings.value.choices(model.id).system_prompt == TOLD
    press(dialog, "OK")
    assert settings.value == Settings()


@pytest.mark.usefixtures("model")
def test_that_a_value_beyond_what_can_be_typed_is_kept(qtbot: QtBot, bench: Bench) -> None:
    state = bench.services.model_state
    assert state.model is not None
    state.model = replace(state.model, sampling=replace(OWN, temperature=3.5))
    dialog = opened(qtbot, bench)
    assert numbers_of(page_of(dialog))["temperature"] == "3.5"
    press(dialog, "OK")
    assert bench.services.settings.value == Settings()


@pytest.mark.usefixtures("model")
def test_that_the_cost_of_what_the_model_is_told_is_said(qtbot: QtBot, bench: Bench) -> None:
    dialog = opened(qtbot, bench)
    assert "Takes no room" in shown_texts(dialog)
    page_of(dialog)._prompt.edit.setPlainText("你好" * 600)
    assert "About 1,200 tokens" in shown_texts(dialog)
    page_of(dialog)._prompt.edit.setPlainText(" \n ")
    press(dialog, "OK")
    assert bench.services.settings.value == Settings()


def test_that_nothing_can_be_chosen_before_there_is_a_model(qtbot: QtBot, bench: Bench) -> None:
    dialog = opened(qtbot, bench)
    page = page_of(dialog)
    assert not page._prompt.edit.isEnabled()
    assert "no model" in shown_texts(dialog)
    bench.load(reply="Yes.")
    assert page._prompt.edit.isEnabled()
    assert "For Scripted" in shown_texts(dialog)
    page._prompt.edit.setPlainText(TOLD)
    press(dialog, "OK")
    assert bench.services.settings.value.choices("scripted").system_prompt == TOLD


def test_that_another_engine_can_run_a_model_that_is_here_for_both(
    qtbot: QtBot, bench: Bench
) -> None:
    services = bench.services
    entry = services.library.entry("builtin")
    assert entry is not None
    if len(entry.forms) < 2:
        pytest.skip("the other engine is not installed on this kind of computer")
    services.model_state.model = builtin_model()
    dialog = opened(qtbot, bench)
    page = page_of(dialog)
    assert page._engine.isVisible()
    other = next(kind for kind in entry.forms if kind is not page._engine.value())
    page._engine.choose(other)
    page._prompt.edit.setPlainText(TOLD)
    press(dialog, "OK")
    chosen = services.settings.value.choices("builtin")
    assert chosen == ModelChoices(engine=other, system_prompt=TOLD)
    services.model_state.model = builtin_model(other)
    dialog = opened(qtbot, bench)
    assert page_of(dialog)._engine.value() is other
    press(dialog, "Reset to the model's defaults")
    assert page_of(dialog)._engine.value() is entry.forms[0]
    press(dialog, "OK")
    assert services.settings.value.choices("builtin") == ModelChoices()


@pytest.mark.usefixtures("model")
def test_that_a_model_in_one_form_has_no_choice_of_engine(qtbot: QtBot, bench: Bench) -> None:
    assert not page_of(opened(qtbot, bench))._engine.isVisible()


# --- in force ------------------------------------------------------------------------------------


class Asked:
    """What goes to the engine, on its way there."""

    def __init__(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        self.generated: list[tuple[tuple[Message, ...], GenerationSettings]] = []
        self.prepared: list[tuple[Message, ...]] = []
        client = bench.bridge.client
        generate, prepare = client.generate, client.prepare

        def on_generate(messages: Sequence[Message], settings: GenerationSettings) -> str:
            self.generated.append((tuple(messages), settings))
            return generate(messages, settings)

        def on_prepare(messages: Sequence[Message]) -> str:
            self.prepared.append(tuple(messages))
            return prepare(messages)

        monkeypatch.setattr(client, "generate", on_generate)
        monkeypatch.setattr(client, "prepare", on_prepare)


@pytest.fixture
def asked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(bench, monkeypatch)


def choose(bench: Bench, **choices: Any) -> None:
    settings = bench.services.settings
    settings.set(settings.value.with_choices("scripted", ModelChoices(**choices)))


def test_that_choices_are_in_force_with_the_next_answer_without_a_load(
    bench: Bench, asked: Asked
) -> None:
    bench.load(reply="one two three four five")
    own = bench.services.model_state.model
    assert own is not None
    bench.ask("First?")
    choose(bench, sampling=replace(ALL, max_tokens=2), system_prompt=TOLD)
    answer = bench.ask("Second?")
    choose(bench)
    bench.ask("Third?")
    assert [settings for _, settings in asked.generated] == [
        own.sampling,
        replace(ALL, max_tokens=2).over(own.sampling),
        own.sampling,
    ]
    assert answer.message.text == "one two"
    firsts = [messages[0].role for messages, _ in asked.generated]
    assert firsts == [Role.USER, Role.SYSTEM, Role.USER]
    assert asked.generated[1][0][0] == Message(Role.SYSTEM, TOLD)
    assert sum(type(event).__name__ == "ModelLoaded" for event in bench.events) == 1
    assert all(message.message.role is not Role.SYSTEM for message in bench.stored())


def test_that_what_is_prepared_begins_as_what_is_asked(bench: Bench, asked: Asked) -> None:
    choose(bench, system_prompt=TOLD)
    bench.load(reply="Yes.")
    bench.add(bench.picture())
    bench.wait_for_preparation()
    answer = bench.ask("Is it red?")
    prepared, (generated, _) = asked.prepared[-1], asked.generated[-1]
    assert prepared[0] == generated[0] == Message(Role.SYSTEM, TOLD)
    assert prepared[-1].attachments == generated[-1].attachments
    assert answer.figures is not None
    assert answer.figures.usage.pictures_encoded == 0


def test_that_a_changed_prompt_is_prepared_anew(bench: Bench, asked: Asked) -> None:
    bench.load(reply="Yes.")
    bench.add(bench.picture())
    bench.wait_for_preparation()
    choose(bench, system_prompt=TOLD)
    bench.qtbot.waitUntil(lambda: asked.prepared[-1][0].role is Role.SYSTEM, timeout=WAIT_MS)
    bench.wait_for_preparation()


def test_that_a_long_prompt_is_read_while_the_first_question_is_typed(
    bench: Bench, asked: Asked
) -> None:
    choose(bench, system_prompt=TOLD)
    bench.load(reply="Yes.")
    bench.session.set_text("Is")
    assert [messages[0].text for messages in asked.prepared] == [TOLD]
    bench.ask("Is it?")
    choose(bench)
    bench.session.open_new()
    bench.session.set_text("Is")
    assert len(asked.prepared) == 1  # there is nothing to read in advance


def test_that_it_is_told_for_every_page_of_a_long_document_and_for_the_answer(
    bench: Bench, asked: Asked
) -> None:
    choose(bench, system_prompt=TOLD)
    bench.load(reply="Noted.", context_length=400)
    path: Path = bench.folder / "年度 报告.pdf"
    path.write_bytes(printed_pdf(numbered(5)))
    bench.session.add_pictures([path])
    bench.qtbot.waitUntil(lambda: bool(bench.session.documents), timeout=WAIT_MS)
    bench.session.documents[0].choose(range(5))
    bench.qtbot.waitUntil(lambda: not bench.session.draft.is_importing, timeout=WAIT_MS)
    bench.ask("What is the total?")
    firsts = [messages[0] for messages, _ in asked.generated]
    assert len(firsts) == 6
    assert all(first.role is Role.SYSTEM for first in firsts)
    assert all(first.text.startswith(f"{TOLD}\n\nYou are shown one page") for first in firsts[:5])
    assert firsts[5].text == TOLD
    assert not any(m.role is Role.SYSTEM for messages, _ in asked.generated for m in messages[1:])


def test_that_it_leaves_less_room_for_pages(bench: Bench, asked: Asked) -> None:
    bench.load(reply="Yes.", context_length=2600)
    path: Path = bench.folder / "two.pdf"
    path.write_bytes(printed_pdf(numbered(2)))
    bench.session.add_pictures([path])
    bench.qtbot.waitUntil(lambda: bool(bench.session.documents), timeout=WAIT_MS)
    bench.session.documents[0].choose(range(2))
    bench.qtbot.waitUntil(lambda: not bench.session.draft.is_importing, timeout=WAIT_MS)
    choose(bench, system_prompt="你" * 1500)
    bench.ask("What is the total?")
    assert len(asked.generated) == 3  # page by page, then the answer


def test_that_only_what_changes_the_load_loads_again(qtbot: QtBot, tmp_path: Path) -> None:
    scene = Scene(qtbot, Settings(model_id=QWEN))
    scene.choice.apply()
    scene.until_loads(QWEN)

    def choose_for_model(choices: ModelChoices) -> None:
        scene.settings.set(scene.settings.value.with_choices(QWEN, choices))

    choose_for_model(ModelChoices(sampling=ALL, system_prompt=TOLD))
    assert scene.loaded == [QWEN]
    assert scene.state.model is not None
    assert scene.settings.as_asked(scene.state.model).sampling.top_k == ALL.top_k
    adapter = Adapter(tmp_path / "more.gguf", 0.5)
    choose_for_model(ModelChoices(sampling=ALL, adapters=(adapter,)))
    scene.until_loads(QWEN, QWEN)
    engine = replace(scene.settings.value.engine, flash_attention=FlashAttention.OFF)
    scene.settings.set(replace(scene.settings.value, engine=engine))
    scene.until_loads(QWEN, QWEN, QWEN)
    assert scene.bridge.client.options[-1].flash_attention is FlashAttention.OFF
