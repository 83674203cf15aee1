import json
from pathlib import Path

import pytest

from benchmarks.support.measure import PROJECT, RESULTS
from benchmarks.support.tables.document import written
from benchmarks.support.tables.scale import (
    GPUS,
    HOURS,
    Capacity,
    cameras,
    on_gpu,
    processors,
    tables,
)

_TERABYTES = 180
"""Of 100,000 hours at 4 Mbit/s."""


def the_plan() -> str:
    text = (PROJECT / "docs" / "scale.md").read_text(encoding="utf-8")
    return " ".join(text.split())


def test_the_plan_shows_what_was_measured() -> None:
    document = (PROJECT / "docs" / "scale.md").read_text(encoding="utf-8")

    assert written(document, list(tables(RESULTS))) == document


def test_what_the_plan_says_beside_its_tables_follows_from_them() -> None:
    network, whole = on_gpu()
    pieces_a_second = GPUS * whole.hours_a_day * 60 / 86_400
    days = round(whole.days / GPUS)
    gbits = _TERABYTES * 8_000 / (days * 86_400)
    plan = the_plan()

    assert 4e6 / 8 * 3600 * HOURS == _TERABYTES * 1e12
    assert f"and {whole.hours_a_day:.1f} hours a day each" in plan
    assert f"{pieces_a_second:.1f} are finished each second" in plan
    assert f"at {days} days: {gbits:.1f} Gbit/s for each" in plan
    assert (
        f"so {3 * gbits:.1f} in for the sources, {2 * gbits:.1f} out for what is "
        f"written, and up to {5 * gbits:.1f} for what is read back" in plan
    )
    share = whole.per_second / network.per_second
    assert f"at {share * 100:.0f} % of the network's rate" in plan


def test_a_day_makes_as_much_film_as_its_pictures_are() -> None:
    capacity = Capacity("a machine", 25.0)

    assert (capacity.hours_a_day, capacity.days) == (24.0, HOURS / 24)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    spread = {"int8": {"median": 40.0}}
    sizes = ("320x180", "640x360", "1280x720")
    whole = {"way": "file to file", "precision": "int8"}
    files = {
        "cpu": {"results": {"precisions": {size: {"ms": spread} for size in sizes}}},
        "bench": {
            "end_to_end": [
                {**whole, "width": 320, "height": 180, "fps": 9.0},
                {**whole, "width": 640, "height": 360, "fps": 10.0},
                {"way": "file to null", "precision": "int8", "fps": 99.0},
            ]
        },
        "pieces": {
            "results": {
                "film-lite": {
                    "size": [640, 360],
                    "seconds_of_film": 20,
                    "pieces_seconds": {"median": 100.0},
                }
            }
        },
    }
    for name, values in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(values))
    return tmp_path


def test_capacities_are_read_from_the_files_of_results(results: Path) -> None:
    found = processors(results)

    assert found["cpu"]["1280x720"] == 25.0
    assert found["bench"] == {"320x180": 9.0, "640x360": 10.0}
    assert found["pieces"] == {"640x360": 5.0}


def test_a_machine_carries_whole_cameras_or_none(results: Path) -> None:
    *_, smallest, slowest = cameras(results)

    assert smallest == "| 320x180, 10 | two cores | 9.0 | none |  |  |"
    assert slowest == "| 640x360, 5 | two cores | 10.0 | 2 | 500 | 550 |"
