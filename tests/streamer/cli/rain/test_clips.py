from pathlib import Path

import av

from streamer.cli.rain.clips import rain_on_clip
from streamer.cli.rain.kinds import FallingKind
from tests.conftest import MakeClip
from tests.support.probe import look_at


def brightness(path: Path) -> float:
    with av.open(str(path)) as clip:
        return float(next(clip.decode(video=0)).to_ndarray(format="gray").mean())


def test_a_clip_of_a_container_that_is_only_read_becomes_matroska(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    clip, out = make_clip("a.ts", frames=4, rate=10), tmp_path / "out"

    made = rain_on_clip(clip, "a", out, FallingKind(amount=0.5), 1, tmp_path)

    assert (made.file, made.target) == ("input/a.mkv", "target/a.ts")
    assert (out / made.target).samefile(clip)
    assert len(look_at(out / made.file).times) == 4


def test_at_night_the_dry_clip_is_dark_too(make_clip: MakeClip, tmp_path: Path) -> None:
    clip, out = make_clip("a.mp4", frames=3, flat=(110, 128, 128)), tmp_path / "out"

    night = FallingKind(amount=0.1, night=True)
    made = rain_on_clip(clip, "a", out, night, 1, tmp_path)

    assert made.target == "target/a.mp4"
    assert brightness(out / made.target) < 0.8 * brightness(clip)
    assert not (out / made.target).samefile(clip)


def test_deep_pictures_get_rain_and_stay_deep(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    clip = make_clip("a.mkv", frames=3, pixel_format="yuv420p10le", codec="libx265")

    kind = FallingKind(amount=0.5)
    made = rain_on_clip(clip, "a", tmp_path / "out", kind, 1, tmp_path)

    seen = look_at(tmp_path / "out" / made.file)
    assert (len(seen.times), seen.pixel_formats) == (3, {"yuv420p10le"})
