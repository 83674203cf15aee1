"""The place of chroma samples, where a header or a container says it."""

from pathlib import Path

import av
import pytest

from sources.files.chroma_location import chroma_location
from streamer import derain_video
from tests.conftest import MakeClip, in_a_fresh_python
from tests.support.fakes import PassThrough


def place_in(path: Path) -> int:
    with av.open(str(path)) as container:
        return chroma_location(container.streams.video[0], path)


def y4m(path: Path, kind: str) -> Path:
    head = f"YUV4MPEG2 W64 H48 F25:1 Ip A1:1{kind}\n".encode()
    path.write_bytes(head + (b"FRAME\n" + bytes(64 * 48 * 3 // 2)) * 2)
    return path


@pytest.mark.parametrize(
    ("kind", "place"),
    [(" C420jpeg", 2), (" C420mpeg2", 1), (" C420paldv", 3), (" C420", 2), ("", 0)],
)
def test_y4m_says_it_in_its_first_line(tmp_path: Path, kind: str, place: int) -> None:
    assert place_in(y4m(tmp_path / "in.y4m", kind)) == place


@pytest.mark.parametrize(
    ("name", "place"),
    [("unspecified", 0), ("left", 1), ("center", 2), ("topleft", 3), ("top", 4)],
)
@pytest.mark.parametrize("codec", ["ffv1", "libx264"])
def test_matroska_says_it_where_the_codec_has_no_word_for_it(
    make_clip: MakeClip, codec: str, name: str, place: int
) -> None:
    clip = make_clip(
        "in.mkv", codec=codec, frames=2, options={"chroma_sample_location": name}
    )

    assert place_in(clip) == (place if codec == "ffv1" or place > 1 else 0)


def test_a_codec_in_avi_leaves_it_unsaid(make_clip: MakeClip) -> None:
    options = {"chroma_sample_location": "center"}

    assert place_in(make_clip("in.avi", codec="ffv1", frames=2, options=options)) == 0


@pytest.mark.parametrize("source", ["in.y4m", "in.mkv"])
def test_it_goes_into_the_output(make_clip: MakeClip, source: str) -> None:
    options = {"chroma_sample_location": "center"}
    clip = make_clip("in.mkv", codec="ffv1", frames=2, options=options)
    if source == "in.y4m":
        clip = y4m(clip.with_name(source), " C420jpeg")

    derain_video(clip, clip.with_name("out.mp4"), network=PassThrough())

    assert place_in(clip.with_name("out.mp4")) == 2


@pytest.mark.slow
def test_two_threads_may_ask_while_another_one_decodes_damage(
    make_clip: MakeClip,
) -> None:
    whole = make_clip("in.mkv", frames=2, options={"x264-params": "chromaloc=2"})
    damaged = make_clip("bad.ts", frames=60)
    data = bytearray(damaged.read_bytes())
    data[1000::97] = bytes(len(data[1000::97]))
    damaged.write_bytes(data)

    ended = in_a_fresh_python(
        f"""
import threading, av
from contextlib import suppress
from sources.files.chroma_location import chroma_location
done, found = threading.Event(), []
def decode():
    while not done.is_set():
        with av.open({str(damaged)!r}) as c, suppress(av.FFmpegError):
            for packet in c.demux(video=0):
                with suppress(av.FFmpegError):
                    packet.decode()
def ask():
    for _ in range(40):
        with av.open({str(whole)!r}) as c:
            found.append(chroma_location(c.streams.video[0]))
decoding = threading.Thread(target=decode)
asking = [threading.Thread(target=ask) for _ in range(2)]
for thread in (decoding, *asking):
    thread.start()
for thread in asking:
    thread.join()
done.set()
decoding.join()
print(set(found), len(found))
"""
    )

    assert (ended.stdout, ended.stderr) == ("{3} 80\n", "")
