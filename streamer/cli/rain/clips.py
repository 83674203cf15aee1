"""Writes clips in rain that moves, with sound and times as they were."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from evaluation.tasks.labels.pictures import DRY, RAINY
from evaluation.tasks.rain import seed_of
from model.backends.base import BackendBase, PendingBase
from model.pictures.pixels import RgbArray
from sinks.encoding.options import EncodeOptions
from sources import open_source
from sources.synthetic.falling_rain import FallingRain
from streamer.api import derain_video
from streamer.cli.rain.kinds import FallingKind, darkened
from streamer.cli.rain.manifest import Made, made_of
from streamer.cli.rain.pictures import link

_KEPT = (".mp4", ".mov", ".mkv", ".webm")
_RATE = 25
_ENCODING = EncodeOptions(quality=12)
"""Fine streaks are the first that a coarser encoder takes away."""


def rain_on_clip(
    path: Path, name: str, out: Path, kind: FallingKind, seed: int, source: Path
) -> Made:
    """Writes `input/NAME` in rain and `target/NAME`, which is a link where it can be.

    Args:
        path: The dry clip.
        name: Its path below the source, without the suffix.
        out: The folder of both.
        kind: How much rain, and whether it is night.
        seed: Of the whole set.
        source: The folder that names in the manifest are relative to.

    Raises:
        SourceError: The clip cannot be read.
        SinkError: The other cannot be written.
    """
    suffix = path.suffix if path.suffix.lower() in _KEPT else ".mkv"
    wet = out / RAINY / f"{name}{suffix}"
    own = seed_of(seed, name)
    wet.parent.mkdir(parents=True, exist_ok=True)
    _through(path, wet, _Rain(_rate(path), own, kind))
    if kind.night:
        kept = out / DRY / f"{name}{suffix}"
        kept.parent.mkdir(parents=True, exist_ok=True)
        _through(path, kept, lambda picture, index: darkened(picture, own))
    else:
        kept = out / DRY / f"{name}{path.suffix}"
        link(path, kept)
    return made_of(path, wet, kept, source=source, out=out, kind=kind.name, seed=own)


def _through(
    path: Path, out: Path, change: Callable[[RgbArray, int], RgbArray]
) -> None:
    derain_video(path, out, network=_Changer(change), encode=_ENCODING)


def _rate(path: Path) -> float:
    with closing(open_source(str(path))) as frames:
        return float(frames.info.frame_rate or _RATE)


class _Rain:
    """A shower over one clip; its size is known with the first frame."""

    def __init__(self, rate: float, seed: int, kind: FallingKind) -> None:
        self._rate, self._seed, self._kind = rate, seed, kind
        self._rain: FallingRain | None = None
        self._shape: tuple[int, ...] = ()

    def __call__(self, picture: RgbArray, index: int) -> RgbArray:
        deep = picture.dtype == np.uint16
        shown = (picture >> 8).astype(np.uint8) if deep else picture
        if self._kind.night:
            shown = darkened(shown, self._seed)
        if self._rain is None or shown.shape != self._shape:
            height, width = shown.shape[:2]
            self._rain = FallingRain(
                width,
                height,
                intensity=self._kind.amount,
                seed=self._seed,
                rate=self._rate,
            )
            self._shape = shown.shape
        rainy = self._rain.apply(shown, index)
        return rainy.astype(np.uint16) * 257 if deep else rainy


class _Done(PendingBase):
    def wait(self) -> None:
        """Has nothing to wait for."""


class _Changer(BackendBase):
    """Stands where the network does, so that a clip keeps all that a run keeps."""

    model, backend = "rain", "opencv"

    def __init__(self, change: Callable[[RgbArray, int], RgbArray]) -> None:
        self._change = change
        self._index = 0

    def start(self, picture: RgbArray, out: RgbArray) -> _Done:
        """Fills `out` at once."""
        np.copyto(out, self._change(picture, self._index))
        self._index += 1
        return _Done()
