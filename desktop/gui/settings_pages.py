"""The pages of the settings that need no files: general ones, and how the engine runs models."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Slot
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from desktop.core.types import KvType, PictureBudget
from desktop.gui.setting_rows import Choice, SettingsPage, hint

if TYPE_CHECKING:
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

    def show_settings(self, settings: Settings) -> None:
        """Fill the controls."""
        self._language.choose(settings.language)
        self._appearance.choose(settings.appearance)
        self._budget.choose(settings.picture_budget)

    def change(self, settings: Settings) -> Settings:
        """These settings with this page's choices."""
        return replace(
            settings,
            language=self._language.value(),
            appearance=self._appearance.value(),
            picture_budget=self._budget.value(),
        )


class EnginePage(SettingsPage):
    """How models are loaded: memory against length and speed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Engine"), parent)
        self.add(hint(self.tr("Automatic suits this computer. Changes load the model again.")))
        lengths: list[tuple[str, int | None]] = [(self.tr("Automatic"), None)]
        lengths += [(self._tokens(length), length) for length in _CONTEXT_LENGTHS]
        self._context = Choice[int | None](lengths)
        self.add_row(
            self.tr("Context length"),
            self.tr("How much of a conversation the model remembers. More takes more memory."),
            self._context,
        )
        self._layers = LayersField()
        self.add_row(
            self.tr("Layers on the GPU"),
            self.tr("More answer faster and fill the graphics memory; too many do not load."),
            self._layers,
        )
        counts: list[tuple[str, int | None]] = [(self.tr("Automatic"), None)]
        counts += [(str(count), count) for count in range(1, (os.cpu_count() or 1) + 1)]
        self._threads = Choice[int | None](counts)
        self.add_row(
            self.tr("CPU threads"),
            self.tr("More can answer faster and leave less of the computer to other apps."),
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

    def _tokens(self, count: int) -> str:
        return self.tr("{count} tokens").format(count=QLocale().toString(count))

    def show_settings(self, settings: Settings) -> None:
        """Fill the controls."""
        engine = settings.engine
        self._context.choose(engine.context_length, self._tokens(engine.context_length or 0))
        self._layers.set_value(engine.gpu_layers)
        self._threads.choose(engine.threads)
        self._kv_type.choose(engine.kv_type)

    def change(self, settings: Settings) -> Settings:
        """These settings with this page's choices."""
        return replace(
            settings,
            engine=replace(
                settings.engine,
                context_length=self._context.value(),
                gpu_layers=self._layers.value(),
                threads=self._threads.value(),
                kv_type=self._kv_type.value(),
            ),
        )


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
