"""The sets that papers name, and how to open each."""

from collections.abc import Callable, Mapping
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.sets.clips import open_nturain, open_video, open_video_pairs
from evaluation.sets.mpid import open_rid, open_ris
from evaluation.sets.pair_sets import PAIR_SETS
from evaluation.sets.photographs import open_clean, open_images, open_real200
from evaluation.sets.testset import TestSet

_VIDEO = "video"
_FOLDERS: Mapping[str, Callable[[Path], TestSet]] = {
    **{form.name: form.open for form in PAIR_SETS},
    "Real200": open_real200,
    "RID": open_rid,
    "RIS": open_ris,
    "images": open_images,
    "clean": open_clean,
    "NTURain": open_nturain,
    "video-pairs": open_video_pairs,
}
SETS = (*_FOLDERS, _VIDEO)


def open_set(name: str, root: str) -> TestSet:
    """Returns the set `name` as found below `root`; capitals do not matter.

    Args:
        name: One of `SETS`.
        root: A folder; for `video` anything that `sources.open_source` takes.

    Raises:
        EvaluationError: No such set, no such folder, or nothing of it there.
    """
    known = {key.lower(): opener for key, opener in _FOLDERS.items()}
    if name.lower() == _VIDEO:
        return open_video(root)
    if name.lower() not in known:
        raise EvaluationError(f"No set is named {name}; known: {', '.join(SETS)}.")
    if not Path(root).exists():
        raise EvaluationError(f"{root} does not exist.")
    return known[name.lower()](Path(root))
