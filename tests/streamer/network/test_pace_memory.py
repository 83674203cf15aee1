"""What a live run measured is kept for the next start on the same machine."""

import json
from pathlib import Path

import pytest

from streamer.network.pace_memory import Pace, PaceMemory, remembered_paces

SLOW = Pace(wanted=25, taken=4)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_a_pace_is_known_until_program_weights_or_machine_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    PaceMemory("weights").keep("640x360", SLOW)

    assert PaceMemory("weights").known("640x360") == SLOW
    assert PaceMemory("other weights").known("640x360") is None
    assert PaceMemory("weights").known("320x180") is None
    monkeypatch.setattr("model.backends.autotune.cores", lambda: 64)
    assert PaceMemory("weights").known("640x360") is None
    assert remembered_paces() == {}


def test_a_pace_of_a_busy_machine_holds_while_it_is_busy() -> None:
    slow = Pace(wanted=25, taken=4, contended=True)
    PaceMemory("key").keep("640x360", slow)

    assert PaceMemory("key", lambda: True).known("640x360") == slow
    assert PaceMemory("key", lambda: False).known("640x360") is None
    assert remembered_paces() == {"640x360": slow}


@pytest.mark.parametrize("torn", ["{", "[]", '{"a": 1}', "kept"])
def test_a_torn_memory_is_as_good_as_none(tmp_path: Path, torn: str) -> None:
    file = tmp_path / "derain" / "live_pace.json"
    PaceMemory("key").keep("640x360", SLOW)
    if torn == "kept":
        [entry] = json.loads(file.read_text())
        torn = json.dumps({entry: {"wanted": "many", "taken": 1, "contended": False}})
    file.write_text(torn)

    assert PaceMemory("key").known("640x360") is None
    assert remembered_paces() == {}
    PaceMemory("key").keep("640x360", SLOW)
    assert PaceMemory("key").known("640x360") == SLOW


def test_only_so_many_are_kept_and_the_oldest_go() -> None:
    for number in range(70):
        PaceMemory("key").keep(str(number), SLOW)
    PaceMemory("key").keep("6", SLOW)
    PaceMemory("key").keep("70", SLOW)

    kept = list(remembered_paces())

    assert (len(kept), kept[0], kept[-2:]) == (64, "8", ["6", "70"])


def test_missing_a_fifth_of_what_is_wanted_is_too_slow() -> None:
    assert Pace(wanted=25, taken=20).is_too_slow(None)
    assert not Pace(wanted=25, taken=20.1).is_too_slow(None)
    assert not Pace(wanted=25, taken=20).is_too_slow(20)
