from pathlib import Path

import pytest

from benchmarks.quality import rain_kinds
from benchmarks.quality.rain_kinds import KINDS, as_markdown, figures, parts_of
from tests.support.sets.folders import write_named


def test_each_kind_is_made_and_scored_against_its_own_truth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rain_kinds, "KINDS", KINDS[:2])
    write_named(tmp_path / "data" / "val", "a.png", "b.png")

    parts, lacking = parts_of(tmp_path / "data", tmp_path / "made")
    found = {part.name: figures(part, ["input"], ["auto"]) for part in parts}

    assert [part.name for part in parts[:2]] == [kind.name for kind in KINDS[:2]]
    heavy, light = (found[kind.name]["input"]["db"] for kind in KINDS[:2])
    assert heavy < light < 60
    assert found["dry pictures"]["input"] == {"equal_to_the_truth": 2}
    assert found["what must stay, dry"]["input"] == {"equal_to_the_truth": 16}
    assert 10 < found["what must stay, in rain"]["input"]["db"] < 40
    (line,) = lacking
    assert line.startswith("real rain: ")
    assert as_markdown(found).splitlines()[-1] == "| dry pictures | as it was |"
