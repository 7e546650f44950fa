"""How models are spoken of: fit and its numbers, strengths, forms, where they came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from desktop.core.engine_choice import engine_name
from desktop.core.fit import Fit
from desktop.core.model_spec import FileRole, Strength
from desktop.core.types import EngineKind
from desktop.gui.amounts import done_text, size_text, speed_text, time_left_text
from desktop.gui.error_texts import error_text
from desktop.gui.model_entries import EntryState
from desktop.store.local_models import Keep, Origin
from desktop.store.settings import BUILTIN_MODEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop.core.fit import FitReport
    from desktop.core.model_spec import ModelVariant
    from desktop.gui.model_entries import ModelEntry
    from desktop.store.local_models import Candidate

_QUANTIZATION = re.compile(r"(?:IQ|Q)\d[\w]*|B?F16|F32", re.IGNORECASE)

translate = QCoreApplication.translate


def strength_text(strength: Strength) -> str:
    """A word or two, for a chip."""
    match strength:
        case Strength.PHOTOS:
            return translate("ModelWords", "Photos")
        case Strength.DOCUMENTS:
            return translate("ModelWords", "Documents")
        case Strength.OCR:
            return translate("ModelWords", "Reading text")
        case Strength.CHINESE:
            return translate("ModelWords", "Chinese")
        case Strength.BOXES:
            return translate("ModelWords", "Finding things")


def fit_text(fit: Fit) -> str:
    """A word or two, for the mark."""
    match fit:
        case Fit.WELL:
            return translate("ModelWords", "Fits well")
        case Fit.TIGHT:
            return translate("ModelWords", "Tight")
        case Fit.TOO_BIG:
            return translate("ModelWords", "Too big")
        case Fit.UNKNOWN:
            return translate("ModelWords", "Fit unknown")


def fit_sentence(report: FitReport) -> str:
    """What the mark means, with the two numbers it comes from."""
    if report.need is None:
        return translate("ModelWords", "The size of its files is not known before the download.")
    need, limit = size_text(report.need), size_text(report.limit)
    about = translate("ModelWords", "about {size}").format(size=need)
    sentence = translate(
        "ModelWords", "Needs {need} of memory; this computer can give a model {limit}."
    ).format(need=about if report.is_estimate else need, limit=limit)
    if report.is_split:
        sentence += " " + translate(
            "ModelWords", "Part of it will be computed without the graphics card, and slower."
        )
    elif report.is_short_now:
        sentence += " " + translate(
            "ModelWords", "Less is free at the moment: close other programs first."
        )
    return sentence


def fit_parts(report: FitReport) -> tuple[tuple[str, int], ...]:
    """What the need is made of, in bytes; empty where it is not known."""
    if report.weights is None or report.projector is None:
        return ()
    tokens = QLocale().toString(report.context_length)
    parts = [
        (translate("ModelWords", "Language model"), report.weights),
        (translate("ModelWords", "Vision encoder"), report.projector),
        (translate("ModelWords", "{tokens} tokens of context").format(tokens=tokens), report.kv),
        (translate("ModelWords", "Working memory"), report.compute),
    ]
    return tuple((name, size) for name, size in parts if size)


def fit_numbers(report: FitReport) -> str:
    """The sentence and its parts, a line each: for the hint on hover."""
    lines = [fit_sentence(report)]
    lines += [f"{name}: {size_text(size)}" for name, size in fit_parts(report)]
    return "\n".join(lines)


def variant_title(variant: ModelVariant, others: Sequence[ModelVariant] = ()) -> str:
    """How exact a form is, in a word: "4-bit". `others` are those to be told apart from it."""
    if variant.engine is EngineKind.MLX:
        found = re.search(r"(\d+)bit", variant.id)
        if found is None:
            return engine_name(EngineKind.MLX)
        return translate("ModelWords", "{bits}-bit for MLX").format(bits=found[1])
    bits = _bits(variant, FileRole.MODEL)
    if not bits:
        return variant.id
    same = [each for each in others if _bits(each, FileRole.MODEL) == bits]
    finest = max(same, key=lambda each: int(_bits(each, FileRole.PROJECTOR) or 0), default=variant)
    if len(same) > 1 and finest.id == variant.id:
        return translate("ModelWords", "{bits}-bit, finer vision").format(bits=bits)
    return translate("ModelWords", "{bits}-bit").format(bits=bits)


def variant_note(variant: ModelVariant) -> str:
    """What experts call the form: the storage of its two parts."""
    if variant.engine is EngineKind.MLX:
        return "safetensors"
    model, encoder = (_quantization(variant, role) for role in (FileRole.MODEL, FileRole.PROJECTOR))
    if not model or not encoder:
        return model or variant.id
    return translate("ModelWords", "{model} · vision {encoder}").format(
        model=model, encoder=encoder
    )


def candidate_text(candidate: Candidate) -> tuple[str, ...]:
    """Whose a model of this computer is, what it is for if that is not what is usual, its size."""
    kind = (engine_name(candidate.engine),) if candidate.engine is EngineKind.MLX else ()
    return (origin_text(candidate.origin), *kind, size_text(candidate.size_bytes))


def licence_text(entry: ModelEntry) -> str:
    """The licence, as it must be known before a download; empty for files of a person's own."""
    if entry.key == BUILTIN_MODEL:
        return "Apache-2.0"
    if entry.spec is None:
        return ""
    return entry.spec.licence or translate("ModelWords", "Licence: see its page")


def summary_text(entry: ModelEntry, language: str) -> str:
    """One line on what a model is."""
    if entry.key == BUILTIN_MODEL:
        return translate(
            "ModelWords",
            "The demonstration model that comes with Groundglass, for simple pictures.",
        )
    if entry.spec is not None:
        return entry.spec.summary.in_language(language)
    if entry.local is not None:
        return f"{origin_text(entry.local.origin)} · {keep_text(entry.local.keep)}"
    return translate("ModelWords", "Is being copied")


def problem_text(entry: ModelEntry) -> str:
    """What is wrong and what to do; empty when all is well."""
    problem = entry.problem
    if problem is None:
        return ""
    if entry.state is EntryState.MISSING and entry.spec is not None:
        return translate(
            "ModelWords", "Its files are not here any more. Get it again or remove it."
        )
    return error_text(problem.code, problem.details, problem.message)


def origin_text(origin: Origin) -> str:
    """Who put a model there."""
    match origin:
        case Origin.FILE:
            return translate("ModelWords", "Your own file")
        case Origin.HUGGING_FACE:
            return translate("ModelWords", "Hugging Face cache")
        case Origin.LM_STUDIO:
            return "LM Studio"
        case Origin.OLLAMA:
            return "Ollama"
        case Origin.LLAMA_CPP:
            return translate("ModelWords", "llama.cpp cache")


def keep_text(keep: Keep) -> str:
    """How an added model is kept."""
    match keep:
        case Keep.COPY:
            return translate("ModelWords", "copied")
        case Keep.LINK:
            return translate("ModelWords", "linked")
        case Keep.REFERENCE:
            return translate("ModelWords", "used where it is")


def progress_text(entry: ModelEntry) -> str:
    """The line under the bar: bytes, speed, time left, or why nothing moves."""
    progress = entry.download.progress if entry.download is not None else None
    amount = done_text(progress.done_bytes, progress.total_bytes) if progress is not None else ""
    parts = [amount] if amount else []
    match entry.state:
        case EntryState.QUEUED:
            parts.insert(0, translate("ModelWords", "Waiting for another download"))
        case EntryState.PAUSED:
            parts.insert(0, translate("ModelWords", "Paused"))
        case EntryState.RUNNING if progress is None:
            parts.append(translate("ModelWords", "Connecting"))
        case EntryState.RUNNING if progress is not None and progress.is_checking:
            parts.insert(0, translate("ModelWords", "Checking what is there"))
        case EntryState.RUNNING if progress is not None:
            if progress.done_bytes >= progress.total_bytes:
                parts = [translate("ModelWords", "Putting it in place")]
            elif progress.bytes_per_second > 0:
                parts.append(speed_text(progress.bytes_per_second))
                if progress.seconds_left is not None:
                    parts.append(time_left_text(progress.seconds_left))
        case _:
            pass
    return " · ".join(parts)


def progress_fraction(entry: ModelEntry) -> float | None:
    """0 to 1; None while it is not known."""
    progress = entry.download.progress if entry.download is not None else None
    if progress is None or progress.total_bytes <= 0:
        return None
    return min(1.0, progress.done_bytes / progress.total_bytes)


def _bits(variant: ModelVariant, role: FileRole) -> str:
    found = re.search(r"\d+", _quantization(variant, role))
    return found[0] if found is not None else ""


def _quantization(variant: ModelVariant, role: FileRole) -> str:
    """From the file's name, such as `Q4_K_M`; empty where it does not say."""
    file = variant.file(role)
    found = _QUANTIZATION.findall(file.path.rpartition("/")[2]) if file is not None else []
    return found[-1].removesuffix(".gguf") if found else ""
