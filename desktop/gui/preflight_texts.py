"""What pictures cost and what would be lost, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.core.cost import Remedy
from desktop.gui.amounts import duration_text, size_text
from desktop.gui.preflight import AdviceKind
from desktop.intake import improve

if TYPE_CHECKING:
    from desktop.core.types import ImageAttachment
    from desktop.gui.preflight import Advice, Check, Seeing
    from desktop.intake.improve import Fault

_LONGEST_NAME = 32
translate = QCoreApplication.translate


def note_text(check: Check) -> str:
    """The chip's second line: what the model will really see."""
    return translate("Preflight", "{width} × {height} px · {tokens} tk").format(
        width=check.cost.width,
        height=check.cost.height,
        tokens=QLocale().toString(check.cost.tokens),
    )


def cost_lines(picture: ImageAttachment, check: Check, seeing: Seeing) -> list[str]:
    """What a picture costs on this machine, a line each."""
    number = QLocale().toString
    size = {"width": number(picture.width), "height": number(picture.height)}
    seen = {"seen_width": number(check.cost.width), "seen_height": number(check.cost.height)}
    if check.cost.is_reduced:
        wording = translate(
            "Preflight",
            "{width} × {height} px, shown to the model at {seen_width} × {seen_height} px",
        )
    else:
        wording = translate("Preflight", "{width} × {height} px, shown to the model in full detail")
    lines = [wording.format(**size, **seen), _token_line(check, seeing)]
    if check.letters_px is not None:
        lines.append(
            translate("Preflight", "Its small print is about {pixels} px high there").format(
                pixels=number(max(1, round(check.letters_px)))
            )
        )
    if not seeing.speed_key:
        return lines
    if check.estimate is None:
        lines.append(
            translate("Preflight", "How long it takes here is not measured yet with this model")
        )
        return lines
    lines.append(_time_line(check.estimate.seconds))
    if check.estimate.memory_bytes is not None:
        lines.append(
            translate("Preflight", "About {size} of memory while it is looked at").format(
                size=size_text(check.estimate.memory_bytes)
            )
        )
    return lines


def total_text(tokens: int, seeing: Seeing) -> str:
    """All pictures against the context."""
    number = QLocale().toString
    if seeing.context_length is None:
        return translate("Preflight", "{tokens} tokens").format(tokens=number(tokens))
    return translate("Preflight", "{tokens} of {length} tokens").format(
        tokens=number(tokens), length=number(seeing.context_length)
    )


def advice_text(advice: Advice) -> str:
    """One sentence on the most pressing trouble, and on how many others have it."""
    sentence = _advice_sentence(advice)
    if not advice.others:
        return sentence
    more = translate("Preflight", "The same goes for {count} more.")
    return f"{sentence} {more.format(count=QLocale().toString(advice.others))}"


def _advice_sentence(advice: Advice) -> str:
    name = _short(advice.name) or translate("Preflight", "the pasted picture")
    if advice.page is not None:
        page = QLocale().toString(advice.page.page + 1)
        name = translate("Preflight", "{name}, p. {page},").format(name=name, page=page)
    number = QLocale().toString
    match advice.kind:
        case AdviceKind.TOO_MUCH:
            return translate(
                "Preflight",
                "The pictures need {tokens} tokens, and the model has room for {room}: look less "
                "closely, or ask about fewer at a time.",
            ).format(tokens=number(advice.tokens), room=number(advice.room))
        case AdviceKind.SMALL_PRINT:
            pixels = max(1, round(advice.check.letters_px or 0)) if advice.check else 1
            return translate(
                "Preflight",
                "Small print in {name} will be lost: the model sees it {pixels} px high.",
            ).format(name=name, pixels=number(pixels))
        case AdviceKind.FAULTS:
            return translate("Preflight", "{name} is {faults}.").format(
                name=name, faults=fault_text(advice.check.faults if advice.check else ())
            )


def remedy_text(remedy: Remedy) -> str:
    """The button that helps."""
    match remedy:
        case Remedy.CLOSER:
            return translate("Preflight", "Look closer")
        case Remedy.REGION:
            return translate("Preflight", "Choose a region")


def fault_text(faults: tuple[Fault, ...]) -> str:
    """Such as "dim and tilted"."""
    words = [_fault_word(fault) for fault in faults]
    if len(words) < 2:
        return "".join(words)
    text = translate("Preflight", "{word} and {last}").format(word=words[-2], last=words[-1])
    for word in reversed(words[:-2]):
        text = translate("Preflight", "{word}, {rest}").format(word=word, rest=text)
    return text


def _fault_word(fault: Fault) -> str:
    match fault:
        case improve.Fault.DIM:
            return translate("Preflight", "dim")
        case improve.Fault.FAINT:
            return translate("Preflight", "low in contrast")
        case improve.Fault.BLURRED:
            return translate("Preflight", "blurred")
        case improve.Fault.SKEWED:
            return translate("Preflight", "tilted")


def _token_line(check: Check, seeing: Seeing) -> str:
    tokens = QLocale().toString(check.cost.tokens)
    if seeing.context_length is None:
        return translate("Preflight", "Takes {tokens} tokens").format(tokens=tokens)
    return translate("Preflight", "Takes {tokens} of the model's {length} tokens").format(
        tokens=tokens, length=QLocale().toString(seeing.context_length)
    )


def _time_line(seconds: float) -> str:
    if seconds < 1:
        return translate("Preflight", "Less than a second to look at on this computer")
    return translate("Preflight", "About {duration} to look at on this computer").format(
        duration=duration_text(seconds)
    )


def _short(name: str) -> str:
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"
