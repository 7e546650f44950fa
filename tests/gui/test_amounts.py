import pytest

from desktop.gui.amounts import duration_text, size_text, speed_text, time_left_text

pytestmark = pytest.mark.usefixtures("american_numbers")


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (640, "640 bytes"),
        (1_000, "1.0 kB"),
        (18_324, "18 kB"),
        (999_700, "1.0 MB"),
        (12_000_000, "12 MB"),
        (2_497_281_664, "2.5 GB"),
        (18_600_000_000, "19 GB"),
        (9_960_000_000, "10 GB"),
        (2_000_000_000_000, "2.0 TB"),
    ],
)
def test_that_sizes_are_said_as_people_say_them(count: int, text: str) -> None:
    assert size_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 second"),
        (42, "42 seconds"),
        (59, "1 minute"),
        (475, "8 minutes"),
        (3_500, "1 hour"),
        (9_000, "2 hours"),
        (200_000, "2 days"),
    ],
)
def test_that_times_are_rounded_to_what_matters(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_that_speed_and_time_left_are_built_from_them() -> None:
    assert speed_text(11_800_000) == "12 MB/s"
    assert time_left_text(475) == "8 minutes left"
