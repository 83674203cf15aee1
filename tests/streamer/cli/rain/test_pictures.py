import hashlib
from pathlib import Path

import numpy as np
import pytest

from evaluation.errors import EvaluationError
from evaluation.pictures import read_picture
from streamer.cli.rain.kinds import FallingKind
from streamer.cli.rain.pictures import Shower, keep_labels, link, rain_on_picture
from tests.support.sets.folders import write_picture
from tests.support.sets.labelled_folders import dry, labelled_folder


def shower(*, night: bool = False) -> Shower:
    return Shower(FallingKind(amount=0.8, night=night), seed=4, night=night)


def test_a_picture_in_rain_lies_beside_a_link_to_the_dry_one(tmp_path: Path) -> None:
    source, out = tmp_path / "set", tmp_path / "out"
    path = write_picture(source / "sub" / "a.bmp", dry())

    made = rain_on_picture(path, "sub/a", out, shower(), source)

    assert (made.file, made.source, made.target) == (
        "input/sub/a.png",
        "sub/a.bmp",
        "target/sub/a.bmp",
    )
    assert made.kind == "falling:0.8"
    wet = (out / made.file).read_bytes()
    assert hashlib.sha256(wet).hexdigest() == made.sha256
    assert (out / made.target).samefile(path)
    assert not np.array_equal(read_picture(out / made.file), dry())


def test_at_night_the_dry_picture_is_written_anew(tmp_path: Path) -> None:
    source = tmp_path / "set"
    path = write_picture(source / "a.bmp", dry())

    made = rain_on_picture(path, "a", tmp_path / "out", shower(night=True), source)

    kept = tmp_path / "out" / made.target
    assert made.target == "target/a.png"
    assert not kept.samefile(path)
    assert read_picture(kept).mean() < dry().mean()
    assert np.array_equal(read_picture(path), dry())


def test_a_picture_without_a_place_is_one_line(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.bmp", dry())
    (tmp_path / "out").touch()

    with pytest.raises(EvaluationError, match=r"out/input/a\.png: Not a directory"):
        rain_on_picture(path, "a", tmp_path / "out", shower(), tmp_path)
    with pytest.raises(EvaluationError, match=r"out/sub/a\.bmp: Not a directory"):
        link(path, tmp_path / "out" / "sub" / "a.bmp")


def test_a_link_is_of_what_a_link_points_to(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.bmp", dry())
    (tmp_path / "b.bmp").symlink_to(path)

    link(tmp_path / "b.bmp", tmp_path / "kept" / "b.bmp")

    assert not (tmp_path / "kept" / "b.bmp").is_symlink()
    assert (tmp_path / "kept" / "b.bmp").samefile(path)


def test_all_that_is_no_picture_of_a_set_is_kept(tmp_path: Path) -> None:
    root = labelled_folder(tmp_path / "set", 2)
    (root / "target").rename(root / "images")
    for path in (root / "input").iterdir():
        path.unlink()
    (root / ".hidden").touch()
    (root / "clip.mp4").touch()
    out = root / "wet"

    assert keep_labels(root, out) == 4

    kept = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert kept == ["boxes.json", "classes.toml", "masks/p0.png", "masks/p1.png"]
