import json
from typing import Any

import pytest

from benchmarks.support.measure import SCHEMA
from tests.conftest import PROJECT


def committed(name: str) -> dict[str, Any]:
    path = PROJECT / "benchmarks" / "results" / f"{name}.json"
    if not path.exists():
        pytest.skip("not measured yet")
    found: dict[str, Any] = json.loads(path.read_text())
    assert found["schema"] == SCHEMA
    return found


def test_the_temporal_step_is_worth_two_decibels_more_than_the_network() -> None:
    clip = committed("temporal")["results"]["rainy_clip"]

    assert clip["causal"]["psnr"] > clip["network"]["psnr"] + 2
    assert clip["centred"]["psnr"] > clip["causal"]["psnr"]
    assert clip["centred"]["warp"] < clip["causal"]["warp"] < clip["network"]["warp"]
    assert clip["centred"]["warp"] == pytest.approx(clip["truth"]["warp"], rel=0.15)


def test_rain_before_a_camera_that_stands_goes_by_what_its_neighbours_show() -> None:
    clip = committed("temporal_rain")["results"]["surveillance_768x432.mp4"]

    for ways in clip.values():
        assert ways["fused centred"] > ways["fused causal"] > ways["input"] + 3


def test_still_places_of_dry_clips_keep_forty_decibels() -> None:
    for figures in committed("temporal")["results"]["dry_clips"].values():
        assert figures["causal"]["still_db"] >= 40
        assert figures["centred"]["still_db"] >= 40


def test_dry_clips_pass_the_gate_and_rainy_ones_do_not() -> None:
    sets = committed("gate")["results"]["sets"].values()
    # The others are pictures one by one: the curve is for them.
    clips = [figures for figures in sets if "as_a_stream" in figures]

    assert {figures["kind"] for figures in clips} == {"dry", "rainy"}
    for figures in clips:
        told = "UNTOUCHED" if figures["kind"] == "dry" else "DERAINED"
        assert set(figures["as_a_stream"]) == {told}
