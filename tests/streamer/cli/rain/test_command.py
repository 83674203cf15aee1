import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from evaluation.errors import EvaluationError
from evaluation.tasks.labels.open import Where, open_labelled
from sources.pictures.files import read_rgb
from streamer.cli.rain.command import rain_command
from tests.support.sets.folders import write_picture
from tests.support.sets.labelled_folders import dry, labelled_folder

_app = typer.Typer()
_app.command()(rain_command)


def rain(*arguments: object, status: int = 0) -> str:
    got = CliRunner().invoke(_app, list(map(str, arguments)))
    if got.exception and not isinstance(got.exception, SystemExit):
        raise got.exception
    assert got.exit_code == status, got.output
    return got.output


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Dry pictures with masks, boxes and classes."""
    root = labelled_folder(tmp_path / "set", 3)
    (root / "target").rename(root / "images")
    for path in (root / "input").iterdir():
        path.unlink()
    (root / "input").rmdir()
    return root


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_labelled_set_in_rain_is_one_that_evaluate_can_open(
    labelled: Path, tmp_path: Path
) -> None:
    out = tmp_path / "wet"

    told = rain(labelled, out, "--kind", "falling:0.8")

    assert "3 of 3 in rain, 5 other files kept" in told
    found = open_labelled(Where(root=out), "segmentation")
    assert found.problems == ()
    sample = found.samples[0]
    assert sample.rainy is not None
    assert sample.dry is not None
    assert not np.array_equal(sample.rainy.read(), sample.dry.read())
    boxes = open_labelled(Where(root=out), "detection")
    assert [len(s.objects.instances) for s in boxes.samples if s.objects] == [1, 1, 1]


def test_the_truth_is_a_link_and_labels_are_untouched(
    labelled: Path, tmp_path: Path
) -> None:
    before = hashes(labelled)

    rain(labelled, tmp_path / "wet", "--kind", "falling")

    truth = tmp_path / "wet" / "target" / "p0.png"
    assert truth.stat().st_nlink == 2
    assert hashes(labelled) == before
    kept = hashes(tmp_path / "wet")
    assert kept["masks/p0.png"] == before["masks/p0.png"]
    assert kept["boxes.json"] == before["boxes.json"]


@pytest.mark.slow
def test_rain_layers_of_a_folder_fall_on_the_pictures(
    labelled: Path, tmp_path: Path
) -> None:
    layer = np.zeros((80, 90), np.uint8)
    layer[5:60, ::15] = 200
    folder = tmp_path / "streaks"
    write_picture(folder / "1.png", layer[..., None].repeat(3, axis=2))
    out = tmp_path / "wet"

    rain(labelled, out, "--kind", f"layers:{folder}")

    for wet in (out / "input").iterdir():
        dry = read_rgb(out / "target" / wet.name).astype(int)
        lighter = read_rgb(wet) - dry
        assert 0 < np.mean(lighter > 8) < 0.6
    manifest = json.loads((out / "manifest.json").read_text())
    assert {entry["kind"] for entry in manifest["files"]} == {"layers:streaks"}


@pytest.mark.parametrize("kind", ["heavy", "short", "drops", "falling:0.5"])
def test_the_same_seed_gives_the_same_bytes(
    labelled: Path, tmp_path: Path, kind: str
) -> None:
    outs = [tmp_path / name for name in ("a", "b", "c")]
    for out, seed in zip(outs, (4, 4, 5), strict=True):
        rain(labelled, out, "--kind", kind, "--seed", seed)

    first, again, other = map(hashes, outs)

    assert first == again
    assert first["input/p0.png"] != other["input/p0.png"]


def test_a_picture_more_leaves_the_rain_of_the_others_as_it_is(
    labelled: Path, tmp_path: Path
) -> None:
    rain(labelled, tmp_path / "a", "--kind", "falling")
    (labelled / "images" / "p0.png").unlink()

    rain(labelled, tmp_path / "b", "--kind", "falling")

    first, second = hashes(tmp_path / "a"), hashes(tmp_path / "b")
    assert first["input/p2.png"] == second["input/p2.png"]


@pytest.mark.slow
def test_the_manifest_says_what_was_made_of_what(
    labelled: Path, tmp_path: Path
) -> None:
    rain(labelled, tmp_path / "wet", "--kind", "light", "--seed", 9)

    manifest = json.loads((tmp_path / "wet" / "manifest.json").read_text())

    assert (manifest["seed"], manifest["complete"]) == (9, True)
    own = hashes(tmp_path / "wet")
    for entry in manifest["files"]:
        assert entry["sha256"] == own[entry["file"]]
        assert entry["source_sha256"] == own[entry["target"]]
        assert entry["kind"] == "light"


def test_a_picture_that_cannot_be_read_is_named_and_the_rest_is_made(
    labelled: Path, tmp_path: Path
) -> None:
    (labelled / "images" / "p1.png").write_bytes(b"no picture")

    told = rain(labelled, tmp_path / "wet", "--kind", "falling", status=1)

    assert "p1.png cannot be read" in told
    assert "NOT COMPLETE: 1 missing" in told
    manifest = json.loads((tmp_path / "wet" / "manifest.json").read_text())
    assert not manifest["complete"]
    assert len(manifest["files"]) == 2


def test_of_two_files_of_one_name_the_one_that_is_left_out_is_named(
    tmp_path: Path,
) -> None:
    for name in ("a.jpg", "a.png"):
        write_picture(tmp_path / "set" / name, dry())

    told = rain(tmp_path / "set", tmp_path / "out", status=1)

    assert "a.jpg: a.png has the same name, and is taken" in told.replace("\n", "")
    assert [p.name for p in (tmp_path / "out" / "target").iterdir()] == ["a.png"]


def test_at_night_the_dry_picture_is_darkened_and_written(
    labelled: Path, tmp_path: Path
) -> None:
    rain(labelled, tmp_path / "wet", "--kind", "falling", "--night")

    dark = cv2.imread(str(tmp_path / "wet" / "target" / "p0.png"))
    day = cv2.imread(str(labelled / "images" / "p0.png"))
    assert dark is not None
    assert day is not None
    assert dark.mean() < 0.8 * day.mean()


@pytest.mark.slow
def test_a_clip_gets_rain_that_moves_and_keeps_its_sound(
    tmp_path: Path, make_clip: Callable[..., Path]
) -> None:
    clip = make_clip(frames=8, audio=True, flat=(90, 128, 128))
    for name in ("a", "b"):
        rain(clip, tmp_path / name, "--seed", 2)

    with av.open(str(tmp_path / "a" / "input" / clip.name)) as made:
        assert [stream.type for stream in made.streams] == ["video", "audio"]
        frames = [f.to_ndarray(format="gray") for f in made.decode(video=0)]

    assert len(frames) == 8
    assert np.abs(frames[0].astype(int) - frames[4]).max() > 12
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")


def test_rain_that_stands_still_is_refused_for_a_clip(
    tmp_path: Path, make_clip: Callable[..., Path]
) -> None:
    clip = make_clip(frames=2)

    told = rain(clip, tmp_path / "wet", "--kind", "heavy", status=2)

    assert "stands still" in told
    assert not (tmp_path / "wet").exists()


def test_a_folder_that_holds_something_is_left_alone(
    labelled: Path, tmp_path: Path
) -> None:
    with pytest.raises(
        EvaluationError, match="is there already: expected a new folder"
    ):
        rain(labelled, labelled)
