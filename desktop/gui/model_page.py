"""The settings' page on the model in use: what it is told, and how its answers are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QLocale, Slot
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from desktop.core.engine_choice import engine_name
from desktop.core.model_choices import ModelChoices, SamplingChoices
from desktop.core.reading_plan import text_tokens
from desktop.core.types import EngineKind, GenerationSettings
from desktop.gui.adapter_list import AdapterList
from desktop.gui.engine_forms import with_engine
from desktop.gui.number_field import NumberBox, NumberField
from desktop.gui.setting_rows import Choice, SettingsPage, hint
from desktop.store.settings import RANGES

if TYPE_CHECKING:
    from desktop.gui.services import Services
    from desktop.store.settings import Settings

_NEW_SEED, _FIXED_SEED = "new", "fixed"
_PROMPT_LINES = 4

# By the name of the setting: step, decimals.
_STEPS: Final = {
    "max_tokens": (256, 0),
    "temperature": (0.1, 3),
    "top_p": (0.05, 3),
    "top_k": (5, 0),
    "min_p": (0.01, 3),
    "presence_penalty": (0.1, 3),
    "repetition_penalty": (0.05, 3),
}


class AnswersPage(SettingsPage):
    """What was chosen for the model in use. Others keep theirs.

    It shows nothing to choose while no model is known.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Answers"), parent)
        self._settings = services.settings
        self._state = services.model_state
        self._library = services.library
        self._shown_id = ""
        self._choices = ModelChoices()
        self._own = GenerationSettings()
        self._engine_shown = EngineKind.LLAMA_CPP
        self._about = hint("")
        self.add(self._about)
        self._prompt = SystemPromptField()
        self.add_row(
            self.tr("Before every conversation"),
            self.tr(
                "What the model is told first, such as who you are or how to answer. It takes its"
                " room in the context every time."
            ),
            self._prompt,
            is_wide=True,
        )
        self._fields: dict[str, NumberField] = {}
        for name, (title, cost) in self._words().items():
            field = self._fields[name] = NumberField(NumberBox(*RANGES[name], *_STEPS[name]))
            field.reset_button.setAccessibleName(self.tr("Reset: {name}").format(name=title))
            self.add_row(title, cost, field)
        self._seed = SeedField()
        self.add_row(
            self.tr("Seed"),
            self.tr(
                "Where chance begins. With the same one, the same question gets the same answer"
                " again on this computer."
            ),
            self._seed,
        )
        self._engine = Choice[EngineKind](
            [(engine_name(kind), kind) for kind in (EngineKind.LLAMA_CPP, EngineKind.MLX)]
        )
        self._engine_row = self.add_row(
            self.tr("Runs with"),
            self.tr("This model is here for both engines. A change loads it again."),
            self._engine,
        )
        self._adapters = AdapterList()
        self.add_row(
            self.tr("Adapters"),
            self.tr(
                "Files (LoRA) that teach this model something more. Each takes memory and a little"
                " time; a change loads the model again."
            ),
            self._adapters,
            is_wide=True,
        )
        self._state.state_changed.connect(self._look_for_model)

    def _words(self) -> dict[str, tuple[str, str]]:
        return {
            "max_tokens": (
                self.tr("Longest answer"),
                self.tr(
                    "In tokens. What is longer is cut off; long answers take long and fill the"
                    " context."
                ),
            ),
            "temperature": (
                self.tr("Temperature"),
                self.tr(
                    "How freely words are chosen. 0 always takes the likeliest, which is best for"
                    " reading print and figures; more is livelier and less exact."
                ),
            ),
            "top_p": (
                self.tr("Top-p"),
                self.tr(
                    "Draws among the likeliest tokens that together have this share. Less is"
                    " more exact and more alike; 1 takes all."
                ),
            ),
            "top_k": (
                self.tr("Top-k"),
                self.tr("Draws among so many of the likeliest tokens; 0 takes all."),
            ),
            "min_p": (
                self.tr("Min-p"),
                self.tr(
                    "Leaves out tokens with less than this share of the likeliest one's chance;"
                    " 0 takes all."
                ),
            ),
            "presence_penalty": (
                self.tr("Presence penalty"),
                self.tr(
                    "Avoids what was said already, against going round in circles. Much of it"
                    " spoils tables and lists; 0 is none."
                ),
            ),
            "repetition_penalty": (
                self.tr("Repetition penalty"),
                self.tr(
                    "The same by a factor. 1 is none; above 1.2 long answers lose their thread."
                ),
            ),
        }

    @override
    def show_settings(self, settings: Settings) -> None:
        model = self._state.model
        self.body.setEnabled(model is not None)
        if model is None:
            self._about.setText(self.tr("There is no model to choose anything for yet."))
            return
        self._shown_id, self._own = model.id, model.sampling
        entry = self._library.entry(model.id)
        self._engine_row.setVisible(entry is not None and len(entry.forms) > 1)
        self._show_engine(model.engine if entry is None else entry.engine)
        self._about.setText(
            self.tr(
                "For {name}, the model in use; each model keeps its own. Takes effect with the next"
                " question."
            ).format(name=model.name)
        )
        self._show(settings.choices(model.id))

    @override
    @Slot()
    def reset(self) -> None:
        """Show the model's own; it takes effect like any other choice."""
        self._show(ModelChoices())
        entry = self._library.entry(self._shown_id)
        if entry is not None and entry.spec is None and entry.forms:
            self._show_engine(entry.forms[0])  # of a catalogue's model a form is a model of its own

    @override
    def change(self, settings: Settings) -> Settings:
        if not self._shown_id:
            return settings
        numbers: dict[str, Any] = {name: field.chosen() for name, field in self._fields.items()}
        sampling = SamplingChoices(**numbers, seed=self._seed.value())
        choices = ModelChoices(
            engine=self._choices.engine,
            sampling=sampling,
            system_prompt=self._prompt.text(),
            adapters=self._adapters.value(),
        )
        changed = settings.with_choices(self._shown_id, choices)
        entry = self._library.entry(self._shown_id)
        engine = self._engine.value()
        if entry is None or engine is self._engine_shown or engine not in entry.forms:
            return changed
        return with_engine(changed, self._library.entries(), entry.key, engine)

    def _show_engine(self, engine: EngineKind) -> None:
        """The one that runs the model if nobody chooses another one here."""
        self._engine_shown = engine
        self._engine.choose(engine)

    @Slot()
    def _look_for_model(self) -> None:
        """The first model of this run is known now."""
        if not self._shown_id and self._state.model is not None:
            self.show_settings(self._settings.value)

    def _show(self, choices: ModelChoices) -> None:
        self._choices = choices
        self._prompt.set_text(choices.system_prompt)
        for name, field in self._fields.items():
            field.set_value(getattr(choices.sampling, name), getattr(self._own, name))
        self._seed.set_value(choices.sampling.seed)
        self._adapters.set_value(choices.adapters, self._state.model)


class SystemPromptField(QWidget):
    """A text of some lines, and about how much of the context it takes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QPlainTextEdit()
        self.edit.setProperty("kind", "input")
        self.edit.setTabChangesFocus(True)
        self.edit.setAcceptDrops(False)
        lines = self.edit.fontMetrics().lineSpacing() * _PROMPT_LINES
        self.edit.setFixedHeight(lines + 2 * round(self.edit.document().documentMargin()) + 12)
        self._cost: QLabel = hint("")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.edit)
        layout.addWidget(self._cost)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self._count)
        self._count()

    def text(self) -> str:
        """What is told; empty for nothing."""
        text = self.edit.toPlainText()
        return text if text.strip() else ""

    def set_text(self, text: str) -> None:
        """Show this."""
        self.edit.setPlainText(text)

    @Slot()
    def _count(self) -> None:
        tokens = text_tokens(self.text())
        words = self.tr("About {count} tokens").format(count=QLocale().toString(tokens))
        self._cost.setText(words if tokens else self.tr("Takes no room"))


class SeedField(QWidget):
    """A new seed for each answer, or a fixed one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = Choice[str](
            [(self.tr("New each time"), _NEW_SEED), (self.tr("Always the same"), _FIXED_SEED)]
        )
        self.number = NumberBox(*RANGES["seed"], 1)
        self.number.setGroupSeparatorShown(False)
        self.number.setAccessibleName(self.tr("Seed"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.kind)
        layout.addWidget(self.number)
        self.setFocusProxy(self.kind)
        self.kind.currentIndexChanged.connect(self._show_number)
        self._show_number()

    def value(self) -> int | None:
        """As `GenerationSettings.seed`."""
        return round(self.number.value()) if self.kind.value() == _FIXED_SEED else None

    def set_value(self, seed: int | None) -> None:
        """Show this."""
        self.kind.choose(_NEW_SEED if seed is None else _FIXED_SEED)
        self.number.setValue(1 if seed is None else seed)

    @Slot()
    def _show_number(self) -> None:
        self.number.setVisible(self.kind.value() == _FIXED_SEED)
