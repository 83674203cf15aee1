"""One start of a kernel as a value: it can be run, counted, or compiled ahead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from torch import Tensor

Constant = int | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A kernel, what it works on, and what is fixed when it is compiled."""

    kernel: str
    """A name of `model.backends.triton.kernels.start`."""
    grid: tuple[int, int]
    """Programs: tiles of a picture, and pictures, where nothing else is said."""
    tensors: Mapping[str, Tensor]
    """By the kernel's names; what a form does not use may be any tensor."""
    sizes: Mapping[str, int]
    """Numbers that one compiled form takes all of."""
    constants: Mapping[str, Constant]
    """Numbers that each need a compiled form of their own."""
    warps: int = 4
    boxes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Tensors that the copy engine reads, and the sides of what it brings at once."""
    cooperative: bool = False
    """All its programs are on the card at once, or the driver refuses it."""

    @property
    def form(self) -> tuple[object, ...]:
        """What tells compiled forms apart."""
        kinds = tuple((name, one.dtype) for name, one in self.tensors.items())
        constants = tuple(self.constants.items())
        return (self.kernel, kinds, constants, self.warps, tuple(self.boxes.items()))


Launcher = Callable[[Launch], None]
