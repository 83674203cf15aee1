"""G.711 becomes AAC with the times it had."""

from itertools import pairwise

import av
import pytest

from sinks.audio.transcode import AudioTranscoder
from sources.audio import Audio

PACKET, SECOND = 1800, 90_000
"""20 ms and a second, in 1/90000 s."""
Packets = list[tuple[int, bytes]]


def encoded(codec: str, times: list[int], rate: int = 8000) -> Packets:
    transcoder = AudioTranscoder(Audio(codec=codec, rate=rate, layout="mono"))
    data = b"\xd5\x55" * (rate // 100)
    packets = [packet for pts in times for packet in transcoder.put(data, pts)]
    return [*packets, *transcoder.rest()]


def times_of(packets: Packets) -> list[int]:
    return [pts for pts, _ in packets]


@pytest.mark.parametrize("codec", ["pcm_alaw", "pcm_mulaw"])
@pytest.mark.parametrize("rate", [8000, 16_000])
def test_frames_follow_one_another_without_a_gap(codec: str, rate: int) -> None:
    packets = encoded(codec, list(range(0, SECOND, PACKET)), rate)

    frame = 1024 * SECOND // rate
    assert all(b - a == frame for a, b in pairwise(times_of(packets)))
    # An encoder begins one frame early and ends when all samples are in.
    assert len(packets) * frame >= SECOND


def test_what_comes_out_is_aac(tmp_path_factory: pytest.TempPathFactory) -> None:
    packets = encoded("pcm_alaw", list(range(0, SECOND, PACKET)))

    decoder = av.CodecContext.create("aac", "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.sample_rate, decoder.layout = 8000, "mono"
    decoder.extradata = bytes.fromhex("1588")  # AAC-LC, 8000 Hz, mono
    samples = sum(
        frame.samples
        for _, data in packets
        for frame in decoder.decode(av.Packet(data))
    )
    assert samples == pytest.approx(8000, abs=2 * 1024)


def test_a_moment_that_is_lost_becomes_silence() -> None:
    times = [pts for pts in range(0, SECOND, PACKET) if not 18_000 <= pts < 54_000]

    packets = encoded("pcm_alaw", times)

    assert len({b - a for a, b in pairwise(times_of(packets))}) == 1


def test_after_a_long_silence_it_begins_anew_at_the_time_of_the_packet() -> None:
    begin = [*range(0, SECOND, PACKET)]
    again = [20 * SECOND + pts for pts in begin]

    times = times_of(encoded("pcm_alaw", begin + again))

    [gap] = [(a, b) for a, b in pairwise(times) if b - a > 1024 * SECOND // 8000]
    assert gap[1] == pytest.approx(20 * SECOND, abs=1024 * SECOND // 8000)
    assert all(a < b for a, b in pairwise(times))
