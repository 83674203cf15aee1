"""A stream that comes and goes: connects, reads, and connects again for weeks.

It never ends by itself. What a user must put right before the first picture (a wrong
password, a wrong path) is raised; everything else is tried again.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from fractions import Fraction
from random import Random
from threading import Event
from typing import Protocol, runtime_checkable

import av

from sources.audio import Audio, AudioPacket
from sources.colour import colour_of
from sources.frame import Colour, Frame, Health, StreamInfo
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.key_frame_gate import KeyFrameGate
from sources.live.reconnect import Link, State, Status
from sources.live.timestamps import TIME_BASE, Restamper
from sources.side_data import kinds_of, side_data_of

_WHOLE_NS, _MOST_WHOLE_NS = 15_000_000_000, 120_000_000_000
"""Packets may come so long without a whole picture: twice as long the next time, for
key frames may be further apart than that, and not come at a connect."""
_LOG = logging.getLogger("derain.source")


class Connection(Protocol):
    """One connection to a live stream, from connect to loss."""

    @property
    def info(self) -> StreamInfo:
        """What this connection says of the stream."""

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        """Yields each picture as it comes; None for a packet that was damaged.

        The end of the iterator means that the other side closed.

        Raises:
            DisconnectedError: The connection broke or stalled.
        """

    def close(self) -> None:
        """Ends it, by the thread that reads it."""


@runtime_checkable
class HasAudio(Protocol):
    """A connection with audio that can be passed on."""

    on_audio: Callable[[bytes, int], None] | None
    """Called for each packet, with its time in 1/90000 s of the camera."""

    @property
    def audio(self) -> Audio | None:
        """What kind of audio it is."""


class LiveStream:
    """A source made of one connection after the other, with one timeline."""

    def __init__(
        self,
        name: str,
        connect: Callable[[], Connection],
        *,
        now_ns: Callable[[], int] = time.monotonic_ns,
        rng: Random | None = None,
    ) -> None:
        """Connects when it is first read.

        Args:
            name: For logs; without a password.
            connect: Opens a connection, or raises `DisconnectedError`.
            now_ns: The monotonic clock.
            rng: Makes the jitter of the back-off.
        """
        self.name = name
        self.health = Health()
        self.dropped: dict[str, int] = {}
        """Pictures that were not handed on, by cause."""
        self.link = Link(now_ns, rng or Random(), self._tell)  # noqa: S311 - jitter
        self.on_change: Callable[[Status], None] = lambda _status: None
        self.audio: Audio | None = None
        """Of the newest connection."""
        self.on_audio: Callable[[AudioPacket], None] | None = None
        """Called on the reader's thread, once pictures flow."""
        self.on_audio_kind: Callable[[Audio | None], None] = lambda _audio: None
        """Hears at each connect which audio comes, on the reader's thread."""
        self._connect, self._now_ns = connect, now_ns
        self._closed = Event()
        self._whole_ns = _WHOLE_NS
        self._line = Restamper()
        self._index = 0
        self._info = StreamInfo(
            width=0,
            height=0,
            pixel_format="yuv420p",
            time_base=TIME_BASE,
            colour=Colour(),
            live=True,
        )

    @property
    def info(self) -> StreamInfo:
        """What the newest connection said; width 0 before there was one."""
        return self._info

    def __iter__(self) -> Iterator[Frame]:
        """Yields whole pictures until the source is closed.

        Raises:
            DisconnectedError: It never worked, and waiting will not mend it.
        """
        while not self._closed.is_set():
            try:
                yield from self._one_connection()
                error = DisconnectedError(Cause.ENDED)
            except DisconnectedError as reason:
                error = reason
            if not self._closed.is_set():
                self._closed.wait(self._link_lost(error))

    def _link_lost(self, error: DisconnectedError) -> float:
        try:
            return self.link.lost(error)
        except DisconnectedError:
            detail = f"{self.name}: {error.detail}" if error.detail else self.name
            raise DisconnectedError(error.cause, detail) from None

    def _one_connection(self) -> Iterator[Frame]:
        self.link.attempt()
        with closing(self._connect()) as connection:
            self._line.reconnected()
            if isinstance(connection, HasAudio):
                self.audio = connection.audio
                self.on_audio_kind(self.audio)
                connection.on_audio = self._audio_came
            yield from self._whole_frames(connection)

    def _whole_frames(self, connection: Connection) -> Iterator[Frame]:
        gate = KeyFrameGate()
        decoded_ns = self._now_ns()
        for picture in connection.pictures():
            if self._closed.is_set():
                return
            arrived_ns = self._now_ns()
            if picture is None:
                gate.close()
                self.health.corrupt_packets += 1
                self._refuse("decode error")
            elif not gate.admits(picture):
                damaged = picture.is_corrupt
                self._refuse("decode error" if damaged else "waiting for key frame")
            else:
                decoded_ns = arrived_ns
                self._info = connection.info
                self.link.picture()
                yield self._frame(picture, arrived_ns)
            if arrived_ns - decoded_ns > (limit_ns := self._whole_ns):
                self._whole_ns = min(2 * limit_ns, _MOST_WHOLE_NS)
                said = f"{limit_ns // 10**9} s of packets gave no whole picture"
                raise DisconnectedError(_why_none(gate), said)

    def _frame(self, picture: av.VideoFrame, arrived_ns: int) -> Frame:
        index, self._index = self._index, self._index + 1
        return Frame(
            picture=picture,
            index=index,
            pts=self._line.place(_ticks(picture), arrived_ns),
            time_base=TIME_BASE,
            colour=colour_of(picture, self._info.colour.chroma_location),
            rotation=picture.rotation % 360,
            side_data=kinds_of(side_data_of(picture, self._info.decoder)),
            arrived_ns=arrived_ns,
            late_ns=self._line.late_ns,
        )

    def _audio_came(self, data: bytes, pts: int) -> None:
        if self.on_audio is None or self.link.status.state is not State.STREAMING:
            return
        placed = self._line.beside(pts, self._now_ns())
        if placed is not None:
            self.on_audio(AudioPacket(data, placed))

    def _refuse(self, cause: str) -> None:
        self.dropped[cause] = self.dropped.get(cause, 0) + 1

    def _tell(self, status: Status) -> None:
        _LOG.info(
            "state=%s cause=%r wait_s=%.1f source=%s",
            status.state,
            str(status.cause or ""),
            status.wait_seconds,
            self.name,
        )
        self.on_change(status)

    def close(self) -> None:
        """Ends the stream soon; the thread that reads it closes the connection."""
        self._closed.set()


def _why_none(gate: KeyFrameGate) -> Cause:
    """Tells why no picture is whole: one that can be decoded waits for a key frame."""
    return Cause.KEY_FRAME if gate.seen else Cause.CODEC


def _ticks(picture: av.VideoFrame) -> int | None:
    if picture.pts is None:
        return None
    return round(picture.pts * (picture.time_base or Fraction(1)) / TIME_BASE)
