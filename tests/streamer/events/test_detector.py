from dataclasses import replace

from streamer.events.detector import Detector, Recorded
from streamer.live.metrics.counters import LiveSnapshot
from streamer.pipeline.stats import Percentiles

WELL = LiveSnapshot(
    state="streaming",
    cause="",
    fps_in=25,
    fps_out=25,
    latency_ms=Percentiles(p50_ms=40, p95_ms=60, p99_ms=90),
    bytes_sent=0,
    frames_in=100,
    frames_out=100,
    held=0,
    dropped={},
    reconnects=0,
    fresh_ago_seconds=0.1,
    stall_seconds=2,
    coverage=0.1,
)
AWAY = replace(WELL, state="reconnecting", cause="refused", fresh_ago_seconds=60)


class Watch:
    """Looks once a second at one stream and remembers what happened."""

    def __init__(self) -> None:
        self.detector, self.now = Detector(), 1000.0
        self.told: list[tuple[str, str]] = []

    def see(
        self, shot: LiveSnapshot, seconds: int = 1, recorded: Recorded | None = None
    ) -> None:
        for _ in range(seconds):
            self.now += 1
            found = self.detector.look(
                self.now, {"gate": shot}, {"gate": recorded} if recorded else {}
            )
            self.told += [(str(event.kind), event.text) for event in found]

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.told]


def test_a_camera_that_is_away_is_lost_once_and_comes_back_once() -> None:
    watch = Watch()

    watch.see(WELL, 3)
    watch.see(AWAY, 20)
    watch.see(WELL, 3)

    assert watch.kinds == ["stream_lost", "stream_back"]
    assert watch.told[0][1] == "gate: no fresh picture leaves, reconnecting (refused)"


def test_a_hitch_is_no_loss_and_a_start_is_none() -> None:
    watch = Watch()

    watch.see(AWAY, 30)
    watch.see(WELL, 3)
    watch.see(AWAY, 4)
    watch.see(WELL, 3)

    assert watch.kinds == []


def test_a_stream_that_fails_is_told_with_its_cause() -> None:
    watch = Watch()

    watch.see(replace(AWAY, state="failed", cause="not found"), 10)

    assert watch.told == [("stream_failed", "gate: not found")]


def test_a_parked_stream_is_not_lost() -> None:
    watch = Watch()

    watch.see(WELL, 3)
    watch.see(replace(AWAY, state="parked"), 30)

    assert watch.kinds == []


def test_rain_begins_and_ends_by_the_median_of_a_minute() -> None:
    watch = Watch()

    watch.see(WELL, 70)
    watch.see(replace(WELL, coverage=3.0), 90)
    assert watch.kinds == ["rain_begins"]
    watch.see(replace(WELL, coverage=0.15), 120)
    assert watch.kinds == ["rain_begins"]
    watch.see(replace(WELL, coverage=0.1), 90)

    assert watch.kinds == ["rain_begins", "rain_ends"]


def test_a_drop_on_the_lens_for_some_seconds_is_no_rain() -> None:
    watch = Watch()

    watch.see(WELL, 70)
    watch.see(replace(WELL, coverage=8.0), 4)
    watch.see(WELL, 70)

    assert watch.kinds == []


def test_closed_recordings_and_a_full_disk_are_told_once() -> None:
    watch = Watch()

    watch.see(WELL, 2, Recorded(closed=frozenset({"1.mp4"}), free_bytes=10**12))
    both = frozenset({"1.mp4", "2.mp4"})
    watch.see(WELL, 5, Recorded(closed=both, free_bytes=10**9))

    assert watch.told == [
        ("recording_closed", "gate: 2.mp4"),
        ("disk_low", "gate: 1.0 GB are free"),
    ]
