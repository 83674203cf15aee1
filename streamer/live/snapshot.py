"""Looks at a live run while it goes on."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from sinks.sink import Sink
from sources.frame import Source
from sources.live.reconnect import stall_seconds
from streamer.live.counters import LiveCounts, LiveSnapshot
from streamer.live.reader import Reconnects


@runtime_checkable
class CountsBytes(Protocol):
    """A sink that knows how much it sent."""

    @property
    def bytes_sent(self) -> int:
        """Bytes of encoded video and audio so far."""


def snapshot_of(
    source: Source,
    sink: Sink,
    counts: LiveCounts,
    *,
    held: int,
    now_ns: Callable[[], int],
) -> LiveSnapshot:
    """Returns what goes on; for any thread.

    Args:
        source: Says its state, if it reconnects.
        sink: Says how much it sent, if it knows.
        counts: Of the run.
        held: Pictures repeated so far.
        now_ns: The monotonic clock.
    """
    link = source.link if isinstance(source, Reconnects) else None
    refused = source.dropped if isinstance(source, Reconnects) else {}
    fps_in, fps_out, latency = counts.recent()
    return LiveSnapshot(
        state=str(link.status.state) if link else "streaming",
        cause=str(link.status.cause or "") if link else "",
        fps_in=fps_in,
        fps_out=fps_out,
        latency_ms=latency,
        bytes_sent=sink.bytes_sent if isinstance(sink, CountsBytes) else None,
        frames_in=counts.frames_in,
        frames_out=counts.frames_out,
        held=held,
        dropped=dict(counts.drops()) | refused,
        reconnects=link.reconnects if link else 0,
        fresh_ago_seconds=(now_ns() - counts.fresh_ns) / 1e9,
        stall_seconds=stall_seconds(source.info.frame_rate),
        decoder=source.info.decoder,
    )
