"""A stream that comes and goes has one count and one timeline."""

from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path

import av
import pytest

from sources.audio import Audio, AudioPacket
from sources.frame import Frame, StreamInfo
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.reconnect import State, Status
from sources.live.stream import LiveStream
from sources.live.timestamps import TIME_BASE
from tests.conftest import MakeClip
from tests.support.fakes import HandClock
from tests.support.media.gpu_camera import INFO

Item = av.VideoFrame | None | DisconnectedError
RATE = 25
_GOP_SECONDS = 40
AUDIO = Audio(codec="aac", rate=48_000, layout="mono")


class Connection:
    """Gives what was planned: pictures, None for damage, or an error."""

    def __init__(self, *items: Item) -> None:
        self.closed = 0
        self.clock = HandClock()
        self._items = items

    @property
    def info(self) -> StreamInfo:
        return INFO

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        for item in self._items:
            if isinstance(item, DisconnectedError):
                raise item
            self.clock.advance(seconds=1 / RATE)
            yield item

    def close(self) -> None:
        self.closed += 1


class WithAudio(Connection):
    """Gives a packet of audio with each picture."""

    def __init__(self, *items: Item) -> None:
        super().__init__(*items)
        self.on_audio: Callable[[bytes, int], None] | None = None

    @property
    def audio(self) -> Audio | None:
        return AUDIO

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        for picture in super().pictures():
            yield picture
            assert self.on_audio is not None
            self.on_audio(b"tone", round(picture.time * 90_000) if picture else 0)


@pytest.fixture
def decoded(make_clip: MakeClip) -> list[av.VideoFrame]:
    """Eight pictures, the first and the fifth of which are key frames."""
    path: Path = make_clip("in.ts", frames=8, options={"g": "4", "bf": "0"})
    with av.open(str(path)) as clip:
        return list(clip.decode(video=0))


def stream_of(*connections: Connection | DisconnectedError) -> LiveStream:
    """A stream of these connections that waits for nothing between them."""
    planned = iter(connections)

    def connect() -> Connection:
        one = next(planned)
        if isinstance(one, DisconnectedError):
            raise one
        one.clock = clock
        return one

    clock = HandClock()
    stream = LiveStream("camera", connect, now_ns=clock)
    stream.link._back_off.seconds = lambda: 0.0  # type: ignore[method-assign] # waits are tested in test_reconnect
    return stream


def first(stream: LiveStream, count: int) -> list[Frame]:
    frames = list(islice(stream, count))
    stream.close()
    return frames


def test_pictures_are_counted_and_keep_their_spacing(
    decoded: list[av.VideoFrame],
) -> None:
    frames = first(stream_of(Connection(*decoded)), 8)

    assert [frame.index for frame in frames] == list(range(8))
    assert [b.pts - a.pts for a, b in pairwise(frames)] == [3600] * 7


def test_the_count_goes_on_through_a_new_connection(
    decoded: list[av.VideoFrame],
) -> None:
    lost = DisconnectedError(Cause.STALLED)
    one, other = Connection(*decoded[:3], lost), Connection(*decoded)
    stream = stream_of(one, DisconnectedError(Cause.REFUSED), other)
    states: list[Status] = []
    stream.on_change = states.append

    frames = first(stream, 6)

    assert [frame.index for frame in frames] == list(range(6))
    assert all(a.pts < b.pts for a, b in pairwise(frames))
    assert stream.link.reconnects == 1
    assert (one.closed, other.closed) == (1, 1)
    assert Cause.REFUSED in [status.cause for status in states]
    assert states[-1].state is State.STREAMING


def test_what_a_key_frame_did_not_begin_is_not_shown(
    decoded: list[av.VideoFrame],
) -> None:
    stream = stream_of(Connection(*decoded[2:]))

    frames = first(stream, 4)

    assert [frame.picture for frame in frames] == decoded[4:]
    assert stream.dropped == {"waiting for key frame": 2}


def test_after_a_damaged_packet_the_next_key_frame_is_waited_for(
    decoded: list[av.VideoFrame],
) -> None:
    stream = stream_of(Connection(*decoded[:2], None, *decoded[2:]))

    frames = first(stream, 6)

    assert [frame.picture for frame in frames] == decoded[:2] + decoded[4:]
    assert stream.dropped == {"decode error": 1, "waiting for key frame": 2}
    assert stream.health.corrupt_packets == 1


def test_packets_of_fifteen_seconds_without_a_picture_end_a_connection() -> None:
    packets = [None] * 20 * RATE
    stream = stream_of(Connection(*packets), DisconnectedError(Cause.PASSWORD))
    states: list[Status] = []
    stream.on_change = states.append

    with pytest.raises(DisconnectedError):
        list(stream)

    assert Cause.CODEC in [status.cause for status in states]
    assert stream.dropped == {"decode error": 15 * RATE + 1}


def test_packets_without_a_key_frame_after_a_loss_are_named_so(
    decoded: list[av.VideoFrame],
) -> None:
    """A picture comes with each, so the codec is not what is wrong."""
    after_loss = [None, *decoded[1:4] * 7 * RATE]
    stream = stream_of(Connection(*decoded[:1], *after_loss), Connection(*decoded[:1]))
    states: list[Status] = []
    stream.on_change = states.append

    frames = first(stream, 2)

    assert Cause.CODEC not in [status.cause for status in states]
    assert Cause.KEY_FRAME in [status.cause for status in states]
    assert [frame.index for frame in frames] == [0, 1]


def test_what_a_user_must_mend_is_raised_before_the_first_picture() -> None:
    stream = stream_of(DisconnectedError(Cause.PASSWORD, "401"))

    with pytest.raises(DisconnectedError, match="camera: 401") as caught:
        list(stream)

    assert caught.value.cause is Cause.PASSWORD


def test_the_same_is_waited_out_once_there_were_pictures(
    decoded: list[av.VideoFrame],
) -> None:
    stream = stream_of(
        Connection(*decoded[:1]),
        DisconnectedError(Cause.PASSWORD),
        Connection(*decoded[:1]),
    )

    assert len(first(stream, 2)) == 2


def test_a_closed_stream_connects_to_nothing() -> None:
    stream = stream_of()

    stream.close()
    stream.close()

    assert list(stream) == []


def test_audio_is_placed_beside_the_pictures_and_none_before_them(
    decoded: list[av.VideoFrame],
) -> None:
    stream = stream_of(WithAudio(None, *decoded))
    heard: list[AudioPacket] = []
    kinds: list[Audio | None] = []
    stream.on_audio, stream.on_audio_kind = heard.append, kinds.append

    frames = first(stream, 4)

    assert kinds == [AUDIO] == [stream.audio]
    assert [packet.pts for packet in heard] == [frame.pts for frame in frames[:3]]
    assert {packet.data for packet in heard} == {b"tone"}


def test_nothing_is_known_before_the_first_connection(
    decoded: list[av.VideoFrame],
) -> None:
    stream = stream_of(Connection(*decoded))

    before = (stream.info.width, stream.info.live)
    first(stream, 1)

    assert before == (0, True)
    assert (stream.info.width, stream.info.height) == (64, 48)


class FarApart:
    """A broadcast with a key frame in 40 s, joined in the middle: damage until then."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock

    @property
    def info(self) -> StreamInfo:
        return INFO

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        while True:
            self._clock.advance(seconds=1)
            seconds = round(self._clock() / 1e9)
            if seconds % _GOP_SECONDS:
                yield None
                continue
            picture = av.VideoFrame(66, 50)
            picture.pts, picture.time_base = seconds * 90_000, TIME_BASE
            picture.key_frame = True  # type: ignore[misc] # the stubs know no setter
            yield picture

    def close(self) -> None:
        pass


def test_key_frames_that_are_far_apart_are_waited_for_longer_the_next_time() -> None:
    clock = HandClock()
    clock.advance(seconds=1)
    stream = LiveStream("broadcast", lambda: FarApart(clock), now_ns=clock)
    states: list[Status] = []
    stream.on_change = states.append
    stream._closed.wait = lambda timeout=None: False  # type: ignore[method-assign] # the clock is the test's

    [frame] = islice(stream, 1)

    stream.close()
    assert frame.picture.key_frame
    assert [status.cause for status in states if status.wait_seconds] == [Cause.CODEC]
    assert clock() == _GOP_SECONDS * 10**9
