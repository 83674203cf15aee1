"""Sets of rainy clips: NTURain, any pairs of clips, and any clip alone."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from evaluation.errors import EvaluationError
from evaluation.pictures import natural_key, picture_files
from evaluation.sets.testset import Clip, TestSet
from sources.address import without_secrets

VIDEO_SUFFIXES = frozenset(
    {".mp4", ".mkv", ".mov", ".avi", ".webm", ".m4v", ".ts", ".y4m", ".mpg"}
)
_NTURAIN_SYNTHETIC = 8
_RAIN_SYN = {"light": "RainSynLight25", "heavy": "RainSynComplex25"}
_RAIN_SYN_CLIPS = 25


def open_nturain(root: Path) -> TestSet:
    """Returns NTURain's synthetic half: folders `a1_Rain` with `a1_GT`, to `b4`.

    Chen et al., "Robust Video Content Alignment and Compensation for Rain Removal in a
    CNN Framework", CVPR 2018. One clip alone, as `input/` and `target/`, is also taken.

    Raises:
        EvaluationError: No clip is there.
    """
    place = root / "Dataset_Testing_Synthetic"
    place = place if place.is_dir() else root
    rainy = _named(place, r"(?P<key>[ab]\d+)_Rain")
    truth = _named(place, r"(?P<key>[ab]\d+)_GT")
    if not rainy and (root / "input").is_dir():
        clips, problems = _matched(root / "input", root / "target", root.name)
    else:
        clips, problems = _joined(rainy, truth)
    return _found(root, "NTURain", clips, problems, _NTURAIN_SYNTHETIC)


def open_rain_syn(root: Path, kind: Literal["light", "heavy"]) -> TestSet:
    """Returns RainSynLight25 (`light`) or RainSynComplex25 (`heavy`).

    Liu et al., "Erase or Fill? Deep Joint Recurrent Rain Removal and Reconstruction in
    Videos", CVPR 2018. Clips of `input/` with `target/`, or of `rain/` with `gt/`, in
    ROOT, in `test/`, or in the release's `video_rain_light/test/` or `_heavy`.

    Raises:
        EvaluationError: No clip is there.
    """
    name = _RAIN_SYN[kind]
    below = ("", "test", f"video_rain_{kind}/test", f"{name}/video_rain_{kind}/test")
    problems = [f"expected input/ and target/, or rain/ and gt/, in {root}"]
    for place in (root / part for part in below):
        for rainy, truth in (("input", "target"), ("rain", "gt")):
            if (place / rainy).is_dir() and (place / truth).is_dir():
                clips, problems = _matched(place / rainy, place / truth, place.name)
                return _found(place, name, clips, problems, _RAIN_SYN_CLIPS)
    return _found(root, name, [], problems, _RAIN_SYN_CLIPS)


def open_video_pairs(root: Path) -> TestSet:
    """Returns clips of `input/` with those of the same name in `target/`.

    A clip is a video file or a folder of pictures; where `input/` itself holds
    pictures, it is one clip.

    Raises:
        EvaluationError: No clip is there.
    """
    clips, problems = _matched(root / "input", root / "target", root.name)
    return _found(root, "video-pairs", clips, problems, None)


def open_video(root: str) -> TestSet:
    """Returns one clip without truth: a file, a folder of pictures, or a URI."""
    named = without_secrets(root)
    return TestSet(
        name="video", root=named, unit="clips", clips=(Clip(name=named, rainy=root),)
    )


def _found(
    root: Path, name: str, clips: list[Clip], problems: list[str], expected: int | None
) -> TestSet:
    if not clips:
        why = problems[0] if problems else "expected input/ and target/"
        raise EvaluationError(f"{root} holds no pair of clips of {name}: {why}.")
    return TestSet(
        name=name,
        root=str(root),
        unit="clips",
        clips=tuple(clips),
        expected=expected,
        problems=tuple(problems),
    )


def _named(place: Path, pattern: str) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(place.iterdir(), key=natural_key):
        match = re.fullmatch(pattern, path.name)
        if match and path.is_dir():
            found[match["key"]] = path
    return found


def _matched(rainy: Path, truth: Path, name: str) -> tuple[list[Clip], list[str]]:
    for folder in (rainy, truth):
        if not folder.is_dir():
            return [], [f"{folder} does not exist"]
    if picture_files(rainy):
        return [_clip(name, rainy, truth)], []
    return _joined(_clips_in(rainy), _clips_in(truth))


def _clips_in(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir(), key=natural_key):
        if path.is_dir() and picture_files(path):
            found[path.name] = path
        elif path.suffix.lower() in VIDEO_SUFFIXES:
            found[path.stem] = path
    return found


def _joined(
    rainy: Mapping[str, Path], truth: Mapping[str, Path]
) -> tuple[list[Clip], list[str]]:
    clips = [_clip(key, rainy[key], truth[key]) for key in rainy if key in truth]
    problems = [
        f"{rainy[key]}: no truth of that name" for key in rainy if key not in truth
    ]
    problems += [f"{truth[key]}: no rainy clip" for key in truth if key not in rainy]
    return clips, problems


def _clip(name: str, rainy: Path, truth: Path) -> Clip:
    return Clip(name=name, rainy=str(rainy), truth=str(truth))
