"""Keeps the times of audio where a sample's number alone says its time."""

from collections.abc import Iterator

from av.audio.layout import AudioLayout

from sinks.packets import TIME_BASE
from sources.audio import Audio

SILENCE = {"pcm_alaw": b"\xd5", "pcm_mulaw": b"\xff"}
_SLACK_SECONDS = 0.03


class SampleClock:
    """Fits G.711 into MOV, or into an encoder, which both count samples.

    A camera that was away for a minute leaves a minute of silence, and one whose clock
    is slow or fast some samples more or less.
    """

    def __init__(self, audio: Audio) -> None:
        """Nothing is written yet."""
        self._rate, self._channels = audio.rate, AudioLayout(audio.layout).nb_channels
        self._silence = SILENCE[audio.codec]
        self._written = 0

    def fitted(self, data: bytes, pts: int) -> Iterator[tuple[int, bytes]]:
        """Yields what to write so that `data` starts at `pts`, each part with its time.

        Times are in 1/90000 s.
        """
        missing = round(pts * TIME_BASE * self._rate) - self._written
        slack = round(_SLACK_SECONDS * self._rate)
        if missing < -slack:
            data = data[-missing * self._channels :]
        while missing > slack:
            some = min(missing, self._rate)
            missing -= some
            yield self._next(self._silence * some * self._channels)
        if data:
            yield self._next(data)

    def _next(self, data: bytes) -> tuple[int, bytes]:
        start = round(self._written / self._rate / TIME_BASE)
        self._written += len(data) // self._channels
        return start, data
