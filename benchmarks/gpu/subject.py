"""What the parts measure on: a GPU, or what stands for it in a dry run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.gpu.package import FOLDER
from benchmarks.support.drawn_clip import write_clip
from model import Derainer, build_network, load_network, shipped_weights
from model.backends.cuda.backend import CudaBackend
from model.backends.cuda.jobs import Kernels
from model.backends.cuda.kernels import PlaneKernels
from model.backends.cuda.reference_kernels import ReferenceKernels
from model.backends.cuda.streams import CudaDevice, Device
from model.backends.cuda.trials import ConvolutionTrials
from model.backends.triton.backend import TritonBackend
from model.mspfn.variant import Variant
from model.mspfn.variants import VARIANTS, variant_named
from model.pictures.planes import PlaneForm, Planes
from tests.support.networks.deferred_device import DeferredDevice

DEFAULT = "mspfn-lite"
NV12 = PlaneForm(matrix=1, full_range=False)
DTYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
Size = tuple[int, int]
"""Width and height."""
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """A machine to measure on; `dry` is a tiny run on the CPU, to prove the script."""

    dry: bool
    package: Path = FOLDER
    """What `prepare` made."""
    out: Path = Path("out")
    """For files beside the findings."""

    @property
    def usual(self) -> Size:
        """The size that most is measured at: 720p."""
        return self.sizes.get("720p", (64, 48))

    @property
    def device(self) -> str:
        """For PyTorch."""
        return "cpu" if self.dry else "cuda:0"

    @property
    def sizes(self) -> dict[str, Size]:
        """Sizes by their names, what matters most first."""
        if self.dry:
            return {"tiny": (64, 48)}
        return {"720p": (1280, 720), "1080p": (1920, 1080), "360p": (640, 360)}

    @property
    def precisions(self) -> tuple[str, ...]:
        """The fastest first."""
        return ("fp32",) if self.dry else ("fp16", "bf16", "fp32")

    @property
    def rounds(self) -> int:
        """How often something is repeated."""
        return 3 if self.dry else 60

    def there(self, *, graphs: bool = True) -> Device:
        """Returns the device as the backend sees it."""
        return DeferredDevice() if self.dry else CudaDevice("cuda:0", graphs=graphs)

    def kernels(self) -> Kernels:
        """Returns the colour kernels of the device."""
        return ReferenceKernels() if self.dry else PlaneKernels()

    def backend(
        self,
        model: str = DEFAULT,
        precision: str | None = None,
        *,
        graphs: bool = True,
        compiled: bool = False,
        engine: str = "cuda",
        trials: ConvolutionTrials | None = None,
    ) -> CudaBackend:
        """Returns a fresh backend, `cuda` or a form of `triton`, with a network."""
        if engine != "cuda":
            return TritonBackend(
                network_of(model),
                variant_of(model).multiple,
                device=self.there(graphs=graphs),
                precision=precision or self.precisions[0],
                name=engine,
            )
        return CudaBackend(
            network_of(model),
            variant_of(model).multiple,
            device=self.there(graphs=graphs),
            precision=precision or self.precisions[0],
            kernels=self.kernels(),
            compiled=compiled,
            trials=trials,
        )

    def finish(self) -> None:
        """Waits for the device."""
        if not self.dry:
            torch.cuda.synchronize()

    def seconds_of(self, work: Callable[[], Any], count: int) -> float:
        """Returns the seconds of one of `count` repetitions, warmed up before."""
        for _ in range(2 if self.dry else 5):
            work()
        if self.dry:
            import time

            begun = time.perf_counter()
            for _ in range(count):
                work()
            return (time.perf_counter() - begun) / count
        return _seconds_on_gpu(work, count)


def _seconds_on_gpu(work: Callable[[], Any], count: int) -> float:
    begun, ended = (
        torch.cuda.Event(enable_timing=True),  # type: ignore[no-untyped-call]  # no stub
        torch.cuda.Event(enable_timing=True),  # type: ignore[no-untyped-call]  # no stub
    )
    torch.cuda.synchronize()
    begun.record()
    for _ in range(count):
        work()
    ended.record()
    torch.cuda.synchronize()
    return begun.elapsed_time(ended) / 1000 / count


class KeptOpen(Derainer):
    """A loaded network that outlives the run it is given to."""

    def close(self) -> None:
        """Leaves the network open for the next run."""


def shipped() -> list[str]:
    """Returns the networks with weights, the default first."""
    names = [name for name in VARIANTS if shipped_weights(name)]
    return sorted(names, key=lambda name: name != DEFAULT)


def variant_of(model: str) -> Variant:
    """Returns a variant by its name."""
    return variant_named(model)


def network_of(model: str) -> nn.Module:
    """Returns a network with its weights, or random ones where none ship."""
    if shipped_weights(model):
        return load_network(model)[0].eval()
    torch.manual_seed(0)
    return build_network(model).eval()


def some_planes(size: Size, seed: int = 0, *, depth: int = 8) -> Planes:
    """Returns NV12 noise of a size, on the host; deeper than 8 bits in 16."""
    width, height = size
    rng = np.random.default_rng(seed)
    kind, more = (np.uint8 if depth == 8 else np.uint16), depth - 8
    luma = (rng.integers(16, 236, (height, width)) << more).astype(kind)
    chroma = rng.integers(16, 241, (height // 2, width // 2, 2)) << more
    chroma = chroma.astype(kind)
    return Planes(luma=luma, cb=chroma[..., 0], cr=chroma[..., 1])


def put(planes: Planes, device: str) -> Planes:
    """Returns the same planes on a device."""
    parts = (planes.luma, planes.cb, planes.cr)
    luma, cb, cr = (torch.from_numpy(np.array(part)).to(device) for part in parts)
    return Planes(luma=luma, cb=cb, cr=cr)


def network_room(size: Size, multiple: int, kind: torch.dtype, device: str) -> Tensor:
    """Returns a network's input for a size, in channels-last memory."""
    width, height = (side + -side % multiple for side in size)
    room = torch.rand(1, 3, height, width).to(device, kind)
    return room.to(memory_format=torch.channels_last)


@contextmanager
def clip_of(size: Size, frames: int) -> Iterator[Path]:
    """Draws a moving clip as H.264; gone afterwards."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        write_clip(path, frames, size)
        yield path
