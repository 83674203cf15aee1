"""A network that takes planes, and a source whose pictures a GPU seems to hold."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

from model.backends.base import BackendBase, Pending
from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.plane_neighbours import Lumas, PlaneNeighbours
from model.backends.tiling_fallback import TilingFallback
from model.pictures.planes import PlaneForm, PlanePicture, Planes
from sources import open_source
from sources.frame import Frame, RgbArray
from tests.support.networks.deferred_device import DeferredDevice


class OnDevice(BackendBase):
    """An identity on a device that plays CUDA; counts how pictures came."""

    model, device, backend, precision = "identity", "cuda:0", "cuda", "fp32"
    takes_planes, batch = True, 4
    network: nn.Module = nn.Identity()

    def __init__(self, device: DeferredDevice | None = None) -> None:
        inner = CudaBackend(
            self.network,
            8,
            device=device or DeferredDevice(),
            precision="fp32",
            kernels=ReferenceKernels(),
        )
        self._backend = TilingFallback(inner, 8)
        self.slots = self._backend.slots
        self.notes = self._backend.notes
        self.as_planes = self.as_pixels = self.watched = 0

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        self.as_pixels += 1
        return self._backend.start(picture, out)

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        self.as_planes += 1
        self.watched += watch
        return self._backend.start_planes(planes, form, out, out_form, watch=watch)

    def start_many(
        self, pictures: Sequence[RgbArray], outs: Sequence[RgbArray]
    ) -> Pending:
        self.as_pixels += len(pictures)
        return self._backend.start_many(pictures, outs)

    def start_many_planes(
        self, pictures: Sequence[PlanePicture], *, watch: bool = False
    ) -> Sequence[Pending] | None:
        self.as_planes += len(pictures)
        return self._backend.start_many_planes(pictures, watch=watch)

    def plane_neighbours(
        self, ahead: int, remembered: Lumas = ()
    ) -> PlaneNeighbours | None:
        return self._backend.plane_neighbours(ahead, remembered)

    def close(self) -> None:
        self._backend.close()


class HeldByGpu:
    """A file's pictures as NVDEC has them: chroma interleaved."""

    def __init__(self, clip: Path) -> None:
        self._file: Any = open_source(str(clip))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __iter__(self) -> Iterator[Frame]:
        for frame in self._file:
            yield replace(frame, picture=frame.picture.reformat(format="nv12"))
