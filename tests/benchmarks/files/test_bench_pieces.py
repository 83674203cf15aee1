import json
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.files import bench_pieces
from benchmarks.support.pieces_parts import drawn
from tests.support.probe import look_at


@pytest.mark.slow
def test_parts_are_written_as_they_are_found_and_say_at_which_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pieces.json"

    def measure(*parts: str, runs: int = 1) -> dict[str, object]:
        bench_pieces.main(
            [
                "--dry",
                "--json",
                "--to",
                str(path),
                "--runs",
                str(runs),
                "--parts",
                *parts,
            ]
        )
        found: dict[str, object] = json.loads(path.read_text())["results"]
        return found

    film = measure("film-copying")["film-copying"]
    both = measure("library-copying")

    assert isinstance(film, dict)
    assert (film["pieces"], film["seconds_of_film"], film["bar"]) == (4, 4, 0.97)
    assert film["speed_of_one_go"]["median"] > 0
    assert both.keys() == {"film-copying", "library-copying"}
    monkeypatch.setattr(bench_pieces, "commit", lambda: "another")
    later = measure("library-copying")
    assert later["film-copying"] == film
    assert isinstance(later["library-copying"], dict)
    assert later["library-copying"]["commit"] == "another"


def test_a_film_is_repeated_with_times_that_go_on(tmp_path: Path) -> None:
    path = drawn(tmp_path / "film.mp4", 1, (96, 64), times=3)

    times = look_at(path).times

    assert len(times) == 75
    assert [b - a for a, b in pairwise(times)] == [times[1]] * 74
    assert [one.name for one in tmp_path.iterdir()] == ["film.mp4"]
