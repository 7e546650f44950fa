"""One row per model, in its section, through the filters; and the words for all of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from desktop.core.errors import DownloadError, ErrorCode
from desktop.core.fit import Fit, FitReport, Machine, fit_of
from desktop.core.model_spec import Strength
from desktop.gui.model_commands import Command, command_text, main_command, more_commands
from desktop.gui.model_entries import EntryState, ModelEntry, key_of
from desktop.gui.model_groups import Filters, Section, groups_of
from desktop.gui.model_words import (
    fit_numbers,
    fit_sentence,
    problem_text,
    progress_fraction,
    progress_text,
    variant_note,
    variant_title,
)
from desktop.store.catalog import load_catalog
from desktop.store.download_list import DownloadState, DownloadStatus
from desktop.store.installed import request_for
from desktop.store.progress import DownloadProgress
from tests.gui.models import model_spec, variant

GIB = 1 << 30
TWO = model_spec("two", "Two", variant("q4"), variant("q8"))


def entry(state: EntryState, number: int = 0, **more: object) -> ModelEntry:
    chosen = TWO.variants[number]
    base = ModelEntry(key_of(TWO, chosen), "Two", state, 1000, TWO, chosen)
    return replace(base, **more)


def running(done: int, speed: float = 0.0, *, is_checking: bool = False) -> DownloadStatus:
    left = (3_000_000_000 - done) / speed if speed else None
    progress = DownloadProgress(done, 3_000_000_000, speed, left, "m.gguf", is_checking)
    return DownloadStatus(request_for(TWO, TWO.variants[0]), DownloadState.RUNNING, progress)


# --- groups ---------------------------------------------------------------------------------------


def test_that_all_forms_of_a_model_are_one_row_and_the_preferred_one_stands_for_it() -> None:
    (group,) = groups_of([entry(EntryState.AVAILABLE, 1), entry(EntryState.AVAILABLE, 0)])
    assert [each.key for each in group.entries] == ["two:q4", "two:q8"]
    assert group.shown.key == "two:q4"
    assert group.section is Section.MORE


@pytest.mark.parametrize(
    ("state", "section"),
    [
        (EntryState.READY, Section.HERE),
        (EntryState.MISSING, Section.HERE),
        (EntryState.RUNNING, Section.COMING),
        (EntryState.PAUSED, Section.COMING),
        (EntryState.FAILED, Section.COMING),
    ],
)
def test_that_a_form_that_is_here_or_coming_stands_for_its_model(
    state: EntryState, section: Section
) -> None:
    (group,) = groups_of([entry(EntryState.AVAILABLE), entry(state, 1)], {"two": "two:q4"})
    assert group.shown.key == "two:q8"
    assert group.section is section


def test_that_a_chosen_form_stands_for_its_model_while_nothing_is_here() -> None:
    both = [entry(EntryState.AVAILABLE, is_recommended=True), entry(EntryState.AVAILABLE, 1)]
    (group,) = groups_of(both, {"two": "two:q8"})
    assert group.shown.key == "two:q8"
    assert group.section is Section.RECOMMENDED
    assert groups_of(both)[0].shown.key == "two:q4"


def test_that_a_form_that_fits_goes_before_one_that_does_not() -> None:
    spec = TWO
    big, small = (fit_of(spec, spec.variants[0], Machine(ram * GIB, ram * GIB)) for ram in (1, 64))
    both = [entry(EntryState.AVAILABLE, fit=big), entry(EntryState.AVAILABLE, 1, fit=small)]
    assert groups_of(both)[0].shown.key == "two:q8"


# --- filters --------------------------------------------------------------------------------------


def test_that_the_purpose_filter_shows_only_what_is_good_at_it() -> None:
    (group,) = groups_of([entry(EntryState.AVAILABLE)])
    (own,) = groups_of([ModelEntry("local:x", "X", EntryState.READY)])
    assert Filters(Strength.PHOTOS).shows(group)
    assert not Filters(Strength.OCR).shows(group)
    assert not Filters(Strength.PHOTOS).shows(own)
    assert Filters().shows(own)


def test_that_the_fit_filter_hides_what_is_too_big_but_not_what_is_here() -> None:
    spec = TWO
    too_big = fit_of(spec, spec.variants[0], Machine(GIB, GIB))
    assert too_big.fit is Fit.TOO_BIG
    (available,) = groups_of([entry(EntryState.AVAILABLE, fit=too_big)])
    (here,) = groups_of([entry(EntryState.READY, fit=too_big)])
    assert not Filters(fits_only=True).shows(available)
    assert Filters(fits_only=True).shows(here)


def test_that_the_fit_filter_counts_every_form() -> None:
    spec = TWO
    too_big, well = (
        fit_of(spec, spec.variants[0], Machine(ram * GIB, ram * GIB)) for ram in (1, 64)
    )
    both = [entry(EntryState.READY, fit=too_big), entry(EntryState.AVAILABLE, 1, fit=well)]
    assert Filters(fits_only=True).shows(groups_of(both)[0])


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (EntryState.AVAILABLE, "Get"),
        (EntryState.QUEUED, "Pause"),
        (EntryState.RUNNING, "Pause"),
        (EntryState.PAUSED, "Resume"),
        (EntryState.FAILED, "Try again"),
        (EntryState.READY, "Use"),
        (EntryState.MISSING, "Get again"),
        (EntryState.UNUSABLE, "Remove"),
    ],
)
def test_that_every_state_has_one_button(state: EntryState, word: str) -> None:
    found = entry(state)
    command = main_command(found)
    assert command is not None
    assert command_text(command, found) == word
    assert command not in more_commands(found)


def test_that_a_model_in_use_has_no_button_but_can_be_removed() -> None:
    found = entry(EntryState.READY, is_in_use=True)
    assert main_command(found) is None
    assert Command.REMOVE in more_commands(found)
    builtin = ModelEntry("builtin", "Mini", EntryState.READY)
    assert Command.REMOVE not in more_commands(builtin)


def test_that_the_numbers_of_the_fit_add_up() -> None:
    report = fit_of(TWO, TWO.variants[0], Machine(16 * GIB, 8 * GIB))
    assert report.need is not None
    words = fit_numbers(report)
    assert words.startswith("Needs 1.6 GB of memory; this computer can give a model 14 GB.")
    assert "tokens of context: 8.4 MB" in words


def test_that_the_sentence_of_the_fit_says_what_is_not_known_or_short() -> None:
    report = FitReport(Fit.UNKNOWN, None, None, 0, 0, 8192, GIB)
    assert "not known before the download" in fit_sentence(report)
    tight = FitReport(Fit.TIGHT, GIB, 0, 0, 0, 8192, 2 * GIB, is_short_now=True, is_estimate=True)
    assert "about 1.1 GB" in fit_sentence(tight)
    assert "close other programs" in fit_sentence(tight)
    split = replace(tight, is_split=True)
    assert "without the graphics card" in fit_sentence(split)


def test_that_progress_is_bytes_speed_and_time_left() -> None:
    found = entry(EntryState.RUNNING, download=running(1_200_000_000, 10_000_000))
    assert progress_text(found) == "1.2 GB of 3.0 GB · 10 MB/s · 3 minutes left"
    assert progress_fraction(found) == pytest.approx(0.4)


def test_that_waiting_checking_and_pausing_are_said() -> None:
    assert progress_text(entry(EntryState.RUNNING)) == "Connecting"
    assert progress_fraction(entry(EntryState.RUNNING)) is None
    assert progress_text(entry(EntryState.QUEUED)) == "Waiting for another download"
    here = running(1_200_000_000, is_checking=True)
    assert progress_text(entry(EntryState.RUNNING, download=here)).startswith("Checking")
    assert progress_text(entry(EntryState.PAUSED, download=here)) == "Paused · 1.2 GB of 3.0 GB"
    whole = running(3_000_000_000)
    assert progress_text(entry(EntryState.RUNNING, download=whole)) == "Putting it in place"


def test_that_a_missing_download_says_what_to_do() -> None:
    problem = DownloadError("x", ErrorCode.DOWNLOAD_CONNECTION, host="huggingface.co")
    assert "huggingface.co" in problem_text(entry(EntryState.FAILED, problem=problem))
    assert "Get it again" in problem_text(entry(EntryState.MISSING, problem=problem))
    assert problem_text(entry(EntryState.READY)) == ""


def test_that_every_form_in_the_catalogue_has_its_own_title_within_its_model() -> None:
    for spec in load_catalog():
        variants = [each for each in spec.variants if each.engine == "llama_cpp"]
        titles = [variant_title(each, variants) for each in variants]
        assert len(set(titles)) == len(titles), (spec.id, titles)
        assert all(variant_note(each) for each in variants)
