"""Times of a run, with the preparing told apart."""

import pytest

from streamer.pipeline.stats import Durations, StageTimes, Stamps

MS = 1_000_000
HD = (1280, 720)


def times_of(
    *networks: tuple[int, int],
    size: tuple[int, int] = HD,
    into: StageTimes | None = None,
) -> StageTimes:
    """Returns the times of frames with these starts and results, in milliseconds."""
    times = into or StageTimes()
    for started, derained in networks:
        stamps = Stamps(
            decoded_ns=(started - 5) * MS,
            converting_ns=(started - 2) * MS,
            started_ns=started * MS,
            derained_ns=derained * MS,
            encoding_ns=(derained + 1) * MS,
            stored_ns=(derained + 4) * MS,
        )
        times.add(stamps, size)
    return times


def test_a_bounded_sample_says_where_the_middle_is() -> None:
    durations = Durations()
    for milliseconds in range(1, 10_001):
        durations.add(milliseconds * MS)

    assert durations.count == 10_000
    assert durations.percentiles().p50_ms == pytest.approx(5000, rel=0.05)


def test_each_stage_runs_from_its_stamp_to_the_next() -> None:
    times = times_of((10, 20), (30, 40))

    stages = times.stages()
    assert stages["to_rgb"].p50_ms == 2
    assert stages["network"].p50_ms == 10
    assert stages["encode"].p50_ms == 3
    assert times.latency.percentiles().p50_ms == 19


def test_the_first_picture_of_a_size_pays_for_the_preparing() -> None:
    times = times_of((0, 3310), (3400, 3410), (3420, 3430))

    assert times.stages()["prepare"].p50_ms == 3310
    assert times.stages()["network"].p99_ms == 10
    assert times.preparing_seconds == pytest.approx(3.3)


def test_pictures_that_waited_for_the_preparing_count_neither_way() -> None:
    times = times_of((0, 3310), (1, 3320), (2, 3330), (3400, 3410))

    assert times.stages()["network"].p99_ms == 10
    assert times.preparing_seconds == pytest.approx(3.3)


def test_every_size_is_prepared_for_once() -> None:
    times = times_of((0, 1010), (1100, 1110))
    times_of((2000, 2510), (2600, 2610), size=(640, 360), into=times)

    assert times.preparing_seconds == pytest.approx(1.5)


def test_a_run_too_short_to_tell_says_nothing_of_preparing() -> None:
    times = times_of((0, 1010))

    assert times.preparing_seconds == 0
    assert "prepare" not in times.stages()
    assert times.stages()["network"].p50_ms == 1010


def test_sizes_made_ready_at_once_are_no_longer_than_the_run() -> None:
    times = times_of((0, 1010))
    times_of((5, 2010), size=(640, 360), into=times)
    times_of((10, 3010), (3020, 3030), size=(64, 48), into=times)

    assert times.preparing_seconds == pytest.approx(3.0)
