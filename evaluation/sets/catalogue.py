"""The sets that papers name, and how to open each."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.sets.clips import (
    open_nturain,
    open_rain_syn,
    open_video,
    open_video_pairs,
)
from evaluation.sets.mpid import open_rid, open_ris
from evaluation.sets.pair_sets import PAIR_SETS
from evaluation.sets.photographs import open_clean, open_images, open_real200, open_stay
from evaluation.sets.testset import TestSet
from evaluation.sets.weather_sets import WEATHER_SETS, open_gt_rain

_VIDEO = "video"
_FOLDERS: Mapping[str, Callable[[Path], TestSet]] = {
    **{form.name: form.open for form in (*PAIR_SETS, *WEATHER_SETS)},
    "GT-RAIN": open_gt_rain,
    "Real200": open_real200,
    "RID": open_rid,
    "RIS": open_ris,
    "images": open_images,
    "clean": open_clean,
    "stay": open_stay,
    "NTURain": open_nturain,
    "RainSynLight25": partial(open_rain_syn, kind="light"),
    "RainSynComplex25": partial(open_rain_syn, kind="heavy"),
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
