"""Scenes of what can be chosen about engines and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from desktop.core import paths
from desktop.core.model_choices import ModelChoices, SamplingChoices
from desktop.core.types import Adapter, EngineKind, EngineOptions
from desktop.gui.adapter_list import AdapterList
from desktop.gui.model_state import ModelStatus
from desktop.gui.settings_dialog import Page, SettingsDialog
from tests.engine.harness import fake_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop.core.types import InstalledModel
    from tests.shots import Director

TOLD = {
    "en": "You read receipts of a small ferry line. Write amounts with their currency.",
    "zh_CN": "你负责阅读一家小型渡轮公司的收据。金额请写明币种。",
}


def choosing(director: Director) -> Iterator[Callable[[], bool]]:
    """The settings' page on the model in use, with values of a person's own: top and bottom."""
    settings, state = director.services.settings, director.services.model_state
    if state.model is None:
        raise ValueError("there is no model to choose anything for")
    before = settings.value
    chosen = ModelChoices(
        sampling=SamplingChoices(temperature=0.2, max_tokens=1024, seed=7),
        system_prompt=TOLD[director.look.language],
    )
    settings.set(before.with_choices(state.model.id, chosen))
    dialog = SettingsDialog(director.services, director.window, Page.ANSWERS)
    dialog.open()
    yield from director.settle()
    director.take("settings-chosen")
    show_adapters(dialog, state.model)
    yield from director.settle()
    bar = dialog.page(Page.ANSWERS).verticalScrollBar()
    bar.setValue(bar.maximum())
    yield from director.settle()
    director.take("settings-chosen-below")
    dialog.reject()
    settings.set(before)
    yield from not_loading(director)


def not_loading(director: Director) -> Iterator[Callable[[], bool]]:
    """A model that does not load with its engine, and what is offered then."""
    state = director.services.model_state
    model = state.model
    if model is None:
        raise ValueError("there is no model that could fail")
    gone = paths.data_dir() / "gone"
    state.load(
        replace(model, engine=EngineKind.MLX, model_path=gone, projector_path=None), EngineOptions()
    )
    yield lambda: state.status is ModelStatus.FAILED
    yield from director.settle()
    director.take("load-failed")
    yield from director.use(model)
    yield from made_to_fit(director)


def show_adapters(dialog: SettingsDialog, model: InstalledModel) -> None:
    """Two adapters of this engine, one of the other, and one that was refused."""
    (shown,) = dialog.page(Page.ANSWERS).findChildren(AdapterList)
    folder = paths.data_dir()
    shown.set_value(
        (
            Adapter(folder / "receipts-of-the-north-sea-ferries-2024.gguf"),
            Adapter(folder / "captions.gguf", 0.35),
            Adapter(folder / "captions-mlx"),
        ),
        model,
    )
    shown.add(folder / "old.gguf")


def made_to_fit(director: Director) -> Iterator[Callable[[], bool]]:
    """A model for whose whole context there is no memory."""
    state = director.services.model_state
    before = state.model
    model = replace(fake_model(paths.data_dir(), context_room=4096), name="Qwen3-VL 8B")
    state.load(model, EngineOptions(context_length=16_384))
    yield lambda: state.status is ModelStatus.READY
    yield from director.settle()
    director.take("load-reduced")
    director.window.pane.notice.settle()
    if before is not None:
        yield from director.use(before)
