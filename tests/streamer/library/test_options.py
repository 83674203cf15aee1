from fractions import Fraction

import pytest

from streamer.errors import StreamerError
from streamer.library.options import LibraryOptions, seconds_in


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1:30.5", Fraction(181, 2)),
        ("1:02:03", 3723),
        ("0.04", Fraction(1, 25)),
    ],
)
def test_times_are_read_as_people_write_them(text: str, seconds: Fraction) -> None:
    assert seconds_in(text, "--start") == seconds


@pytest.mark.parametrize("text", ["", "soon", "1:2:3:4", "-5", "1/0"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(StreamerError, match="--start must be like 90"):
        LibraryOptions(start=text)


def test_a_preview_chooses_its_own_start() -> None:
    with pytest.raises(StreamerError, match="by itself"):
        LibraryOptions(preview=True, start="3")
