import os
from pathlib import Path

from streamer.library.state.names import state_path

STATE = Path("state")


def test_the_state_of_a_film_has_its_whole_name() -> None:
    assert state_path(STATE, Path("out/a.mp4"), ".lock") == STATE / "a.mp4.lock"


def test_a_long_name_is_cut_between_letters_and_stays_its_own() -> None:
    long = "\u00e4" * 124 + "a.mp4"  # 253 bytes
    other = "\u00e4" * 124 + "b.mp4"

    kept = state_path(STATE, Path(long), ".pieces")

    assert kept.name.startswith("\u00e4" * 110 + "~")
    assert kept.suffix == ".pieces"
    assert len(os.fsencode(kept.name)) <= 255
    assert kept != state_path(STATE, Path(other), ".pieces")
