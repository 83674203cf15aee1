"""Clips made on the spot, and the data beside the project where there is some."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import PictureType

from tests.support.runs.nothing_lost import watch_outputs

PROJECT = Path(__file__).parents[1]

# A shell's job in the background ignores Ctrl-C, and so would every program that the
# tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


GPU_TESTS = PROJECT / "tests" / "gpu"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m gpu` nothing but `tests/gpu` is imported.

    A machine that is lent for minutes may lack OpenVINO and GStreamer, and has no half
    minute for collecting 3,000 tests to run 200.
    """
    if config.option.markexpr != "gpu" or collection_path.is_dir():
        return None
    return True if GPU_TESTS not in collection_path.parents else None


def child_environment() -> dict[str, str]:
    """Of a program that finds the project first, then what was on the path."""
    paths = (str(PROJECT), os.environ.get("PYTHONPATH"))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def in_a_fresh_python(code: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a process of its own, where nothing is imported yet."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env=child_environment(),
    )


FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
"""For the muxer: an MP4 in fragments, as recorders write it."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What a test clip is made of."""

    frames: int = 12
    size: tuple[int, int] = (64, 48)
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    rate: int = 25
    time_base: Fraction = Fraction(1, 12800)
    times: Sequence[int] | None = None
    """Presentation times; evenly spaced if None."""
    matrix: int = 2
    full_range: int = 0
    primaries: int = 2
    transfer: int = 2
    rotation: int = 0
    pixel_aspect: Fraction | None = None
    flat: tuple[int, int, int] | None = None
    """Y, U and V of a flat picture; a moving gradient if None."""
    audio: bool = False
    audio_language: str = "deu"
    subtitles: str = ""
    """Codec of a subtitle stream, if any."""
    chapters: bool = False
    title: str = ""
    time_code: str = ""
    """Where the clip begins, such as 10:00:00:00."""
    options: dict[str, str] = field(default_factory=dict)
    """Of the encoder."""
    muxing: dict[str, str] = field(default_factory=dict)

    @property
    def spaced_times(self) -> list[int]:
        if self.times is not None:
            return list(self.times)
        step = round(1 / Fraction(self.rate) / self.time_base)
        return [index * step for index in range(self.frames)]


def picture_of(clip: Clip, index: int) -> av.VideoFrame:
    """Draws a gradient that moves, or the flat colour, straight in the planes."""
    frame = av.VideoFrame(*clip.size, clip.pixel_format)
    deep = max(part.bits for part in frame.format.components) > 8
    kind = np.uint16 if deep else np.uint8
    for number, plane in enumerate(frame.planes):
        if clip.flat:
            rows = np.full((plane.height, plane.line_size), clip.flat[number], kind)
        else:
            slope = np.arange(plane.line_size) + (8 * index if number == 0 else 0)
            scale = 1 << (frame.format.components[0].bits - 8)
            level = (64 + slope % 128 if number == 0 else 128 + slope % 16) * scale
            rows = np.tile(level.astype(kind), (plane.height, 1))
        plane.update(rows.tobytes()[: plane.buffer_size])
    return frame


def write_clip(path: Path, clip: Clip) -> Path:
    """Encodes `clip` with PyAV."""
    with av.open(str(path), "w", options=clip.muxing) as output:
        settings = {"x265-params": "log-level=none"} if "265" in clip.codec else {}
        stream = output.add_stream(
            clip.codec, rate=clip.rate, options={**settings, **clip.options}
        )
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = clip.size
        stream.pix_fmt = clip.pixel_format
        context = stream.codec_context
        context.time_base = stream.time_base = clip.time_base
        context.colorspace, context.color_range = clip.matrix, clip.full_range
        context.color_primaries, context.color_trc = clip.primaries, clip.transfer
        stream.metadata["language"] = "eng"
        if clip.time_code:
            stream.metadata["timecode"] = clip.time_code
        if clip.pixel_aspect:
            stream.sample_aspect_ratio = clip.pixel_aspect
            context.sample_aspect_ratio = clip.pixel_aspect
        if clip.rotation:
            stream.set_display_rotation(clip.rotation)
        if clip.title:
            output.metadata["title"] = clip.title
        if clip.chapters:
            output.set_chapters(
                [
                    {
                        "id": 1,
                        "start": 0,
                        "end": 200,
                        "time_base": Fraction(1, 1000),
                        "metadata": {"title": "first"},
                    }
                ]
            )
        audio = _add_audio(output, clip) if clip.audio else None
        for index, pts in enumerate(clip.spaced_times):
            frame = picture_of(clip, index)
            frame.pts, frame.time_base = pts, clip.time_base
            frame.pict_type = PictureType.NONE
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
        if audio is not None:
            _write_audio(output, audio, clip)
    return path


def _add_audio(output: av.container.OutputContainer, clip: Clip) -> av.AudioStream:
    audio = output.add_stream("aac", rate=48000, layout="stereo")
    assert isinstance(audio, av.AudioStream)
    audio.metadata["language"] = clip.audio_language
    return audio


def _write_audio(
    output: av.container.OutputContainer, audio: av.AudioStream, clip: Clip
) -> None:
    times = clip.spaced_times
    start = round(times[0] * clip.time_base * 48000)
    count = round((times[-1] - times[0]) * clip.time_base * 48000) // 1024 + 1
    rng = np.random.default_rng(0)
    for index in range(count):
        tone = (rng.random((2, 1024)) * 0.1).astype(np.float32)
        piece = av.AudioFrame.from_ndarray(tone, "fltp", "stereo")
        piece.sample_rate, piece.time_base = 48000, Fraction(1, 48000)
        piece.pts = start + index * 1024
        output.mux(audio.encode(piece))
    output.mux(audio.encode(None))


MakeClip = Callable[..., Path]


@pytest.fixture
def make_clip(tmp_path: Path) -> MakeClip:
    """Makes a clip in the test's folder: `make_clip("a.mp4", frames=3)`."""

    def make(name: str = "clip.mp4", **parts: object) -> Path:
        return write_clip(tmp_path / name, Clip(**parts))  # type: ignore[arg-type] # a test names its parts

    return make


@pytest.fixture(autouse=True)
def _nothing_is_lost_without_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    watch_outputs(monkeypatch)


@pytest.fixture(scope="session")
def shared_videos() -> Path:
    """The real clips beside the project; the test is skipped where there are none."""
    folder = PROJECT.parent / "shared" / "data" / "videos"
    if not folder.is_dir():
        pytest.skip("no ../shared/data/videos here")
    return folder
