"""The committed figures of live streams: their form, and that they hold."""

import json
from typing import Any

import pytest

from benchmarks.support.measure import SCHEMA
from benchmarks.support.tables.live import DOCUMENTS, read_results, with_figures
from tests.conftest import PROJECT


def figures(name: str) -> dict[str, Any]:
    path = PROJECT / "benchmarks" / "results" / f"{name}.json"
    if not path.exists():
        pytest.skip("not measured yet")
    read: dict[str, Any] = json.loads(path.read_text())
    assert read["schema"] == SCHEMA
    assert read["benchmark"] == name
    results: dict[str, Any] = read["results"]
    return results


@pytest.mark.parametrize("way", ["serve", "push"])
def test_the_pipeline_adds_less_than_60_ms(way: str) -> None:
    found = figures("latency")[way]

    assert found["frames"] >= 600
    assert found["own_p95_ms"] < 60


def test_every_error_ends_and_holds_up_nothing() -> None:
    outcomes = figures("faults")["outcomes"]

    assert len(outcomes) >= 12
    for outcome in outcomes:
        assert outcome["worst_write_ms"] < 100
        assert (outcome["recovery_seconds"] or 0) < 5


def test_half_an_hour_of_faults_leaks_nothing() -> None:
    found = figures("soak")

    assert found["seconds"] >= 1700
    assert found["rss_growth"] < 0.05
    assert found["orphans"] == found["files_broken"] == 0
    assert found["most_children"] <= 2


def test_audio_stays_with_the_pictures_wherever_it_is_carried() -> None:
    by_codec = figures("audio")

    assert set(by_codec) == {"aac", "opus", "pcm_alaw", "pcm_mulaw"}
    for codec, ways in by_codec.items():
        carried = {way: found for way, found in ways.items() if found["carried"]}
        assert {"serve", "serve, late viewer", "rtsp"} <= set(carried), codec
        for way, found in carried.items():
            apart = max(abs(found["latest_ms"]), abs(found["earliest_ms"]))
            assert apart < 80, (codec, way)


def test_a_changed_file_costs_the_untouched_cameras_no_frame() -> None:
    found = figures("fleet_change")

    assert len(found["changes"]) >= 6
    for camera in found["untouched_while_the_file_changes"].values():
        assert camera["frames"] > 500
        assert camera["missing"] == camera["dropped"] == camera["reconnects"] == 0


def test_two_open_pages_cost_next_to_nothing() -> None:
    found = figures("page")

    # Turns of ten seconds tell no less than one frame of about fifty.
    resolution = 100 / (10 * found["derainer"]["arms"]["no page"]["fps"]["median"])
    cost = found["derainer"]["two_open_cost"]["fps_percent"]["median"]
    assert cost <= 2 + resolution
    assert found["pass_through"]["two_open_cost"]["p95_ms"]["median"] < 1


@pytest.mark.checkout
@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_say_what_was_measured(name: str) -> None:
    """`python -m benchmarks.support.tables.live --write` makes it so."""
    text = (PROJECT / name).read_text()

    assert with_figures(name, text, read_results()) == text
