"""The role of what derains pictures, and of a picture under way in it.

Everything that takes a picture and gives a clean one plays the one role `Backend`: what
computes, what stands before it (tiles, the temporal step, several streams), and a
network of a user's own. What one can do beside plain pictures, plain attributes say,
with defaults in `BackendBase`. Nothing here loads PyTorch.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar, runtime_checkable

from model.backends.plane_neighbours import Lumas, PlaneNeighbours
from model.cores import ThreadLayout
from model.errors import ModelError
from model.pictures.pixels import RgbArray
from model.pictures.planes import PlaneForm, PlanePicture, Planes

Held = TypeVar("Held", bound="WrappedBackend")
"""The class itself: `typing.Self`, which the check of shapes does not take."""


@runtime_checkable
class Pending(Protocol):
    """One picture under way, or a batch."""

    @property
    def untouched(self) -> bool:
        """After `wait`: whether the result is the picture itself, bit for bit."""

    @property
    def coverage(self) -> float | None:
        """After `wait`: percent of the picture that lost rain; None: not counted."""

    def wait(self) -> None:
        """Returns when the output is filled; raises what went wrong. Call it once."""


@runtime_checkable
class Backend(Protocol):
    """What derains pictures. One thread starts them, and it or another one waits."""

    @property
    def model(self) -> str:
        """Name of the network."""

    @property
    def device(self) -> str:
        """Where it runs: `cpu`, `cuda:0`, ..."""

    @property
    def backend(self) -> str:
        """What runs it: `openvino`, `cuda`, ..."""

    @property
    def precision(self) -> str:
        """In which numbers: `fp32`, `fp16`, `bf16`, `int8`."""

    @property
    def layout(self) -> ThreadLayout | None:
        """How a processor's threads share pictures; None: it changes no value."""

    @property
    def slots(self) -> int:
        """How many pictures may be under way at once; one more may block."""

    @property
    def batch(self) -> int:
        """How many pictures gain from going together, at most; 1 where none do."""

    @property
    def takes_planes(self) -> bool:
        """Whether `start_planes` is worth a try: the device converts colours."""

    @property
    def delay(self) -> int:
        """How many frames more must be started before one can be waited for."""

    @property
    def notes(self) -> Sequence[str]:
        """What a user should know of how it ran, a line each; may grow."""

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`; both stay untouched by others until `wait` returns."""

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        """Begins to fill `out`, arrays of the host; None: use `start` for this picture.

        Args:
            planes: Arrays of the host, which may change at once, or tensors of the
                device, which may not before `wait`.
            form: What their numbers mean.
            out: As large as `planes`.
            out_form: What its numbers shall mean.
            watch: Count the coverage of what is taken out.
        """

    def start_many(
        self, pictures: Sequence[RgbArray], outs: Sequence[RgbArray]
    ) -> Pending:
        """Begins to fill all `outs`: of one shape and type, at most `batch`.

        A batch takes one of the `slots`. Whatever fails, fails for all of it.
        """

    def start_many_planes(
        self, pictures: Sequence[PlanePicture], *, watch: bool = False
    ) -> Sequence[Pending] | None:
        """Begins pictures of one size, at most `batch`; as `start_planes` otherwise.

        Returns one for each, all of which are to be waited for, by one thread; None
        where they must come one by one.
        """

    def plane_neighbours(
        self, ahead: int, remembered: Lumas = ()
    ) -> PlaneNeighbours | None:
        """Returns the memory of one stream of planes; None where the host has it.

        What it gives is for `start_planes` in place of the planes that it was given.

        Args:
            ahead: 0 looks at the frames before, 2 at two after each as well.
            remembered: To go on in mid-stream: `lumas` of another memory; the frames
                that they belong to are pushed first, once more.
        """

    def stateless(self) -> "Backend":
        """Returns what derains, without what is remembered of a stream."""

    def cancel(self) -> None:
        """Gives up pictures under way that take long, for a run that ends.

        Their `wait` raises `ModelError`; no more are to be started. From any thread.
        """

    def close(self) -> None:
        """Frees what it holds; may be called twice."""


class PendingBase:
    """A picture under way that has nothing to tell beside its end."""

    untouched: bool = False
    coverage: float | None = None


class BackendBase:
    """The defaults of a backend: one picture at a time, as pixels, no memory."""

    model: str = ""
    device: str = "cpu"
    backend: str = ""
    precision: str = "fp32"
    layout: ThreadLayout | None = None
    slots: int = 1
    batch: int = 1
    takes_planes: bool = False
    delay: int = 0
    notes: Sequence[str] = ()

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        """Returns None: pictures come as pixels."""
        return None

    def start_many(
        self,
        pictures: Sequence[RgbArray],
        outs: Sequence[RgbArray],
    ) -> Pending:
        """Refuses batches.

        Raises:
            ModelError: Always.
        """
        raise ModelError(
            f"{self.backend} takes one picture at a time, got {len(pictures)}."
        )

    def start_many_planes(
        self, pictures: Sequence[PlanePicture], *, watch: bool = False
    ) -> Sequence[Pending] | None:
        """Returns None: pictures come one by one."""
        return None

    def plane_neighbours(
        self, ahead: int, remembered: Lumas = ()
    ) -> PlaneNeighbours | None:
        """Returns None: neighbours are looked at on the host, as pixels."""
        return None

    def stateless(self: Backend) -> Backend:
        """Returns itself: nothing is remembered."""
        return self

    def cancel(self) -> None:
        """Gives up nothing: what is under way ends soon by itself."""

    def close(self) -> None:
        """Frees nothing."""


class WrappedBackend(BackendBase):
    """Stands before another backend and looks like it; overrides what it changes."""

    def __init__(self, inner: Backend) -> None:
        """`inner` is closed with this, and this at the end of a `with`."""
        self.inner = inner
        self.model, self.device = inner.model, inner.device
        self.backend, self.precision = inner.backend, inner.precision
        self.layout = inner.layout
        self.slots, self.batch = inner.slots, inner.batch
        self.takes_planes, self.delay = inner.takes_planes, inner.delay
        self.notes = inner.notes

    def __enter__(self: Held) -> Held:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def start(self, picture: RgbArray, out: RgbArray) -> Pending:
        """Begins to fill `out`."""
        return self.inner.start(picture, out)

    def start_planes(
        self,
        planes: Planes,
        form: PlaneForm,
        out: Planes,
        out_form: PlaneForm,
        *,
        watch: bool = False,
    ) -> Pending | None:
        """Begins to fill `out`; None: the picture must come as pixels."""
        return self.inner.start_planes(planes, form, out, out_form, watch=watch)

    def start_many(
        self, pictures: Sequence[RgbArray], outs: Sequence[RgbArray]
    ) -> Pending:
        """Begins to fill all `outs`."""
        return self.inner.start_many(pictures, outs)

    def start_many_planes(
        self, pictures: Sequence[PlanePicture], *, watch: bool = False
    ) -> Sequence[Pending] | None:
        """Begins pictures of one size; None where they must come one by one."""
        return self.inner.start_many_planes(pictures, watch=watch)

    def plane_neighbours(
        self, ahead: int, remembered: Lumas = ()
    ) -> PlaneNeighbours | None:
        """Returns the memory of one stream of planes, of what is inside."""
        return self.inner.plane_neighbours(ahead, remembered)

    def cancel(self) -> None:
        """Gives up what takes long inside."""
        self.inner.cancel()

    def close(self) -> None:
        """Closes what is inside; may be called twice."""
        self.inner.close()


class FuturePending(PendingBase):
    """A pending picture behind a future of a thread pool."""

    def __init__(self, future: "Future[Any]") -> None:
        self._future = future

    def wait(self) -> None:
        """Returns when the output is filled; raises what went wrong."""
        self._future.result()
