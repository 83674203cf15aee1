"""The memory of one stream on its device: its last frames, and how the scene moved.

Everything is enqueued on one stream of the device, in the order of the frames; the host
waits for nothing. `model.temporal.neighbours` does the same on the host.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.backends.cuda.coverage import DeviceCoverage
from model.backends.cuda.jobs import Kernels, uploader
from model.backends.cuda.streams import Device
from model.backends.cuda.temporal.fusion import View, fused, view
from model.backends.cuda.temporal.motion import Link, Path, joined, link, luma_of
from model.backends.plane_neighbours import Lumas
from model.motion.links import SMALLEST
from model.pictures.planes import PlaneForm, Planes, SeenPlanes

REACH = 2
"""How many frames before the one in work, and after it if allowed, are looked at."""
Size = tuple[int, int]


@dataclass(slots=True, eq=False)
class _Frame:
    """A frame of the stream; tensors are there when the device comes to them."""

    planes: Planes
    form: PlaneForm
    size: Size
    follows: bool
    """Another frame of its size came before it."""
    made: dict[str, Tensor] = field(default_factory=dict)
    """`levels` [1, 3, height, width], 0 to 255, and `luma`, without streaks."""
    link: Link | None = None


class DeviceNeighbours:
    """As `PlaneNeighbours` says: frames are pushed, and taken when they are due."""

    def __init__(
        self, device: Device, kernels: Kernels, ahead: int, remembered: Lumas = ()
    ) -> None:
        """Sees nothing yet.

        Args:
            device: Where the frames are.
            kernels: Convert their colours.
            ahead: 0 looks at the two frames before, 2 at the two after as well.
            remembered: To go on in mid-stream, as `Backend.plane_neighbours` says.
        """
        self._on, self._kernels, self._ahead = device, kernels, ahead
        self._owed = deque(remembered)
        self._taken: deque[_Frame] = deque(maxlen=REACH)
        self._stream = device.stream()
        self._frames: deque[_Frame] = deque()
        self._next = 0
        self._ended = False

    @property
    def due(self) -> bool:
        """Whether a frame can be taken."""
        waiting = len(self._frames) - self._next
        return waiting > (0 if self._ended else self._ahead)

    def push(self, planes: Planes, form: PlaneForm) -> None:
        """Adds the next frame; planes of the host are copied at once.

        Raises:
            RuntimeError: A frame is due, and was not taken.
        """
        if self.due:
            raise RuntimeError("DeviceNeighbours.take is owed before the next push.")
        if len(self._frames) > REACH + self._ahead:
            self._frames.popleft()
            self._next -= 1
        size = (planes.height, planes.width)
        before = self._frames[-1] if self._frames else None
        follows = before is not None and before.size == size and min(size) >= SMALLEST
        frame = _Frame(planes, form, size, follows)
        self._frames.append(frame)
        upload = uploader(self._on, planes)
        self._run(partial(self._load, frame, upload, before))

    def end(self) -> None:
        """Says that no frame follows: those that wait for one become due."""
        self._ended = True

    def take(self) -> SeenPlanes:
        """Returns the next frame that is due as its neighbours have it.

        Raises:
            RuntimeError: No frame is due.
        """
        if not self.due:
            raise RuntimeError("No frame is due: push one, or say that they end.")
        frame, place = self._frames[self._next], self._next
        self._next += 1
        newest = self._next == len(self._frames)
        ready = self._on.event()
        seen = SeenPlanes(
            luma=frame.planes.luma,
            cb=frame.planes.cb,
            cr=frame.planes.cr,
            light=self._on.empty((3, *frame.size), torch.float32),
            removed=self._on.empty((2,), torch.float32),
            ready=ready,
        )
        near = list(self._near(place))
        self._run(partial(self._fill, frame, near, seen, newest=newest))
        if not self._ahead:
            self._remember(frame)
        self._stream.record(ready)
        return seen

    def _remember(self, frame: _Frame) -> None:
        """Keeps what the next frame is found in, or puts there what is known of it."""
        self._taken.append(frame)
        if self._owed:
            self._run(partial(self._replace, frame, self._owed.popleft()))

    def _replace(self, frame: _Frame, known: NDArray[Any]) -> None:
        luma = frame.made["luma"]
        luma.copy_(torch.from_numpy(known.astype(np.float32))[None, None])

    @property
    def lumas(self) -> tuple[NDArray[np.float32], ...]:
        """What the next frames depend on; empty where frames ahead are looked at."""
        there: list[NDArray[np.float32]] = []
        frames, done = list(self._taken), self._on.event()
        self._run(
            lambda: there.extend(one.made["luma"][0, 0].cpu().numpy() for one in frames)
        )
        self._stream.record(done)
        done.wait()
        return tuple(there)

    def _run(self, work: Any) -> None:
        def enqueued() -> None:
            with torch.inference_mode():
                work()

        self._stream.run(enqueued)

    def _load(self, frame: _Frame, upload: Any, before: _Frame | None) -> None:
        there = upload()
        light = self._on.empty((3, *frame.size), torch.float32)
        self._kernels.planes_to_network(there, frame.form, light)
        levels = 255 * light[None]
        frame.made["levels"] = levels if frame.form.depth > 8 else levels.round()
        frame.made["luma"] = luma_of(frame.made["levels"])
        if frame.follows and before is not None:
            frame.link = link(before.made["luma"], frame.made["luma"], frame.size)

    def _near(self, place: int) -> Iterator[tuple[_Frame, list[tuple[_Frame, bool]]]]:
        """Yields neighbours, each with the hops to it: a link's frame, and if back."""
        for step in (-1, 1):
            hops: list[tuple[_Frame, bool]] = []
            for other in range(place + step, place + step * (REACH + 1), step):
                if not 0 <= other < len(self._frames):
                    break
                later = self._frames[max(other, other - step)]
                if not later.follows:
                    break
                hops = [*hops, (later, step < 0)]
                yield self._frames[other], hops

    def _fill(
        self,
        frame: _Frame,
        near: list[tuple[_Frame, list[tuple[_Frame, bool]]]],
        seen: SeenPlanes,
        *,
        newest: bool,
    ) -> None:
        whole = frame.form.depth <= 8
        levels = frame.made["levels"]
        views: list[View] = []
        path: Path | None = None
        for other, hops in near:
            hop = _hop(*hops[-1])
            path = hop if len(hops) == 1 or path is None else joined(path, hop)
            views.append(view(levels, other.made["levels"], path, whole=whole))
        made = fused(levels, views, whole=whole)
        seen.light.copy_(made[0] / 255)
        counted = DeviceCoverage(*frame.size, self._on.name)
        seen.removed.copy_(counted(levels / 255, made / 255)[0])
        if newest and len(views) >= REACH:  # the next frame is found in the clean one
            frame.made["luma"] = luma_of(made)


def _hop(later: _Frame, back: bool) -> Path:
    if later.link is None:
        raise RuntimeError("A frame was linked to one that was not there.")
    return later.link.back if back else later.link.forth
