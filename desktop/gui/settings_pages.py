"""The pages of the settings that need no files: general ones, and how the engine runs models."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QLocale, Slot
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget
from typing_extensions import override

from desktop.core.types import FlashAttention, KvType, PictureBudget
from desktop.gui.cache_settings import CacheSettings
from desktop.gui.engine_texts import context_limit_text
from desktop.gui.setting_rows import Choice, SettingsPage, hint

if TYPE_CHECKING:
    from desktop.engine.api import ModelLoaded
    from desktop.store.settings import Settings

_CONTEXT_LENGTHS = (2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072)
_ALL_LAYERS, _NO_LAYERS, _SOME_LAYERS = -1, 0, 1
_MOST_LAYERS = 999


class GeneralPage(SettingsPage):
    """Language, appearance, and how closely pictures are looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("General"), parent)
        self._language = Choice[str](
            [(self.tr("As the system"), "system"), ("English", "en"), ("简体中文", "zh_CN")]
        )
        self.add_row(
            self.tr("Language"),
            self.tr("Takes effect when Groundglass starts again."),
            self._language,
        )
        self._appearance = Choice[str](
            [
                (self.tr("As the system"), "system"),
                (self.tr("Light"), "light"),
                (self.tr("Dark"), "dark"),
            ]
        )
        self.add_row(
            self.tr("Appearance"),
            self.tr("Following the system changes between light and dark with it."),
            self._appearance,
        )
        self._budget = Choice[PictureBudget | None](
            [
                (self.tr("Automatic"), None),
                (self.tr("Fast"), PictureBudget.FAST),
                (self.tr("Normal"), PictureBudget.NORMAL),
                (self.tr("Detail"), PictureBudget.DETAIL),
            ]
        )
        self.add_row(
            self.tr("Looking at pictures"),
            self.tr("A closer look reads smaller print and takes longer before the first word."),
            self._budget,
        )

    @override
    def show_settings(self, settings: Settings) -> None:
        self._language.choose(settings.language)
        self._appearance.choose(settings.appearance)
        self._budget.choose(settings.picture_budget)

    @override
    def change(self, settings: Settings) -> Settings:
        return replace(
            settings,
            language=self._language.value(),
            appearance=self._appearance.value(),
            picture_budget=self._budget.value(),
        )


class EnginePage(SettingsPage):
    """How models are loaded: memory against length and speed.

    `loaded` is the model in use; what it cannot follow is said beside the choice.
    """

    def __init__(self, parent: QWidget | None = None, *, loaded: ModelLoaded | None = None) -> None:
        super().__init__(self.tr("Engine"), parent)
        limit = self._context_limit = loaded.context_limit if loaded is not None else None
        self.add(hint(self.tr("Automatic suits this computer. Changes load the model again.")))
        lengths: list[tuple[str, int | None]] = [(self.tr("Automatic"), None)]
        lengths += [(self._tokens(length), length) for length in _CONTEXT_LENGTHS]
        self._context = Choice[int | None](lengths)
        self._limit_note = hint("" if limit is None else context_limit_text(limit))
        self._limit_note.hide()
        self._context.currentIndexChanged.connect(self._follow_context)
        self.add_row(
            self.tr("Context length"),
            self.tr("How much of a conversation the model remembers. More takes more memory."),
            self._context,
            note=self._limit_note,
        )
        self._layers = LayersField()
        self.add_row(
            self.tr("Layers on the GPU"),
            self.tr(
                "More answer faster and fill the graphics memory. MLX always has all of them there."
            ),
            self._layers,
        )
        counts: list[tuple[str, int | None]] = [(self.tr("Automatic"), None)]
        counts += [(str(count), count) for count in range(1, (os.cpu_count() or 1) + 1)]
        self._threads = Choice[int | None](counts)
        self.add_row(
            self.tr("CPU threads"),
            self.tr(
                "More can answer faster and leave less of the computer to other apps. MLX chooses"
                " by itself."
            ),
            self._threads,
        )
        self._kv_type = Choice[KvType](
            [
                (self.tr("Full (F16)"), KvType.F16),
                (self.tr("Half (Q8)"), KvType.Q8_0),
                (self.tr("Quarter (Q4)"), KvType.Q4_0),
            ]
        )
        self.add_row(
            self.tr("Conversation memory"),
            self.tr("Less memory for the same context, and slightly less exact answers."),
            self._kv_type,
        )
        self._flash = Choice[FlashAttention](
            [
                (self.tr("Automatic"), FlashAttention.AUTO),
                (self.tr("On"), FlashAttention.ON),
                (self.tr("Off"), FlashAttention.OFF),
            ]
        )
        self.add_row(
            self.tr("Flash attention"),
            self.tr(
                "Saves memory and mostly time; off is for devices that are slow with it. A smaller"
                " conversation memory always uses it, and MLX has its own."
            ),
            self._flash,
        )
        self._kv_type.currentIndexChanged.connect(self._follow_kv_type)
        self._cache = CacheSettings(self)

    def _tokens(self, count: int) -> str:
        return self.tr("{count} tokens").format(count=QLocale().toString(count))

    @override
    def show_settings(self, settings: Settings) -> None:
        engine = settings.engine
        self._context.choose(engine.context_length, self._tokens(engine.context_length or 0))
        self._layers.set_value(engine.gpu_layers)
        self._threads.choose(engine.threads)
        self._kv_type.choose(engine.kv_type)
        self._flash.choose(engine.flash_attention)
        self._cache.show_settings(settings)

    @override
    def change(self, settings: Settings) -> Settings:
        chosen = replace(
            settings,
            engine=replace(
                settings.engine,
                context_length=self._context.value(),
                gpu_layers=self._layers.value(),
                threads=self._threads.value(),
                kv_type=self._kv_type.value(),
                flash_attention=self._flash.value(),
            ),
        )
        return self._cache.change(chosen)

    @Slot()
    def _follow_context(self) -> None:
        limit, length = self._context_limit, self._context.value()
        self._limit_note.setVisible(limit is not None and length is not None and length > limit)

    @Slot()
    def _follow_kv_type(self) -> None:
        self._flash.setEnabled(self._kv_type.value() is KvType.F16)


class LayersField(QWidget):
    """Automatic, all, none, or a number of layers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = Choice[int | None](
            [
                (self.tr("Automatic"), None),
                (self.tr("All"), _ALL_LAYERS),
                (self.tr("None"), _NO_LAYERS),
                (self.tr("Number"), _SOME_LAYERS),
            ]
        )
        self._kind.currentIndexChanged.connect(self._show_number)
        self._number = QSpinBox()
        self._number.setRange(1, _MOST_LAYERS)
        self._number.setAccessibleName(self.tr("Number of layers"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._kind, 1)
        layout.addWidget(self._number)
        self.setFocusProxy(self._kind)
        self._show_number()

    def value(self) -> int | None:
        """As `EngineOptions.gpu_layers`."""
        kind = self._kind.value()
        return self._number.value() if kind == _SOME_LAYERS else kind

    def set_value(self, layers: int | None) -> None:
        """Show this."""
        if layers is not None and layers > 0:
            self._number.setMaximum(max(layers, _MOST_LAYERS))
            self._number.setValue(layers)
            self._kind.choose(_SOME_LAYERS)
        else:
            self._kind.choose(layers)

    @Slot()
    def _show_number(self) -> None:
        self._number.setVisible(self._kind.value() == _SOME_LAYERS)
