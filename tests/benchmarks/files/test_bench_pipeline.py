from typing import Any

import pytest

from benchmarks.files.bench_pipeline import CASES, _figures, precisions


def runs(*fps: float, **more: Any) -> list[dict[str, Any]]:
    return [
        {"fps": one, "processor_ms": 1000 / one, "peak_bytes": n * 2**20, **more}
        for n, one in enumerate(fps, 1)
    ]


def test_parts_are_held_against_each_other_round_by_round() -> None:
    told = {"backend": "openvino", "slots": 2}
    parts = {
        "alone": runs(10, 5),
        "steady": runs(9, 5, **told),
        "with_start": runs(4, 2),
    }
    found = {"fp32": {"plain": runs(2, 1)}} | dict.fromkeys(precisions(), parts)
    found["fp32"] = found["fp32"] | {"plain": runs(2, 1)}

    figures = _figures(found)

    own = figures[precisions()[-1]]
    assert own["steady_over_alone"].median == pytest.approx(0.95)
    assert own["alone_over_steady_processor"].median == pytest.approx(0.95)
    assert own["steady_over_plain"].median == pytest.approx(4.75)
    assert own["with_start_over_plain"].median == 2
    assert own["peak_mib"] == {"alone": 2, "steady": 2, "with_start": 2}
    assert (own["backend"], own["slots"]) == ("openvino", 2)
    assert figures["plain"]["fp32"]["fps"]["plain"].median == 1.5


def test_a_case_is_named_by_its_size() -> None:
    assert [case.name for case in CASES] == ["320x180", "640x360"]
