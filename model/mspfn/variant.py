"""What a member of the network family is built of.

Jiang et al., "Multi-Scale Progressive Fusion Network for Single Image Deraining",
CVPR 2020, arXiv:2003.10985, section 3 and tables 2 and 3.
"""

from dataclasses import dataclass
from typing import Literal

from model.errors import ModelError

Pyramid = Literal["gaussian", "mean"]
Fusion = Literal["progressive", "outputs"]
VIDEO = "-video"
"""Ends the names of networks with a memory, before what makes them differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One network of the family. Tuples run from full to quarter scale."""

    name: str
    modules: int
    """M: fine-fusion modules in a row; 0 leaves the fine fusion out."""
    units: tuple[int, ...]
    """N: channel-attention units in a block, at each scale."""
    width: int = 64
    """Channels of every feature map outside the Conv-LSTM."""
    recurrent: tuple[int, ...] = (128, 64, 32)
    """Channels of the Conv-LSTM's state, at each scale; empty: no coarse fusion."""
    recurrent_inputs: tuple[int, ...] = (128, 64, 32)
    """Channels that enter the Conv-LSTM, at each scale."""
    head: int = 32
    """Channels of the last feature map, before the rain picture."""
    strides: int = 1
    """How often a block halves its picture on the way down (and doubles it back)."""
    unshuffle: int = 1
    """Height and width of the squares of pixels that enter as channels of one place.

    2: the network works on maps of half the height and width, a quarter of the work."""
    fusion: Fusion = "progressive"
    """`outputs`: levels are solved one by one and only their outputs passed up."""
    pyramid: Pyramid = "gaussian"
    memory: bool = False
    """It goes from frame to frame: the states of the Conv-LSTM are carried on."""
    carried_from: int = 1
    """With a memory: the finest scale whose state is carried; that of full scale would
    be 30 % more work for the light network, those of half and quarter scale are 7 %."""
    sees_last: bool = False
    """With a memory: the output before, fetched along the motion, is looked at too."""
    tensorflow: bool = False
    """Sampling on TensorFlow's grid and BGR in [-1, 1], as the authors' graphs do."""
    paper_parameters: float | None = None
    """Millions, as the paper prints them; None where it prints none."""
    tolerance: float = 0.03
    """How far from the paper's figure ours may be, as a fraction of it."""
    reading: str = ""
    """What was chosen where the paper leaves it open."""

    @property
    def scales(self) -> int:
        """Levels of the pyramid."""
        return len(self.units)

    @property
    def numbers_a_pixel(self) -> int:
        """How many numbers are held at once for each pixel.

        OpenVINO holds maps of features in the picture's size: 8 to 9 were measured for
        `mspfn-lite`, 10 for `mspfn`, 18 for the authors' graphs.
        """
        held = (20 if self.tensorflow else 10) * self.width
        return max(held // self.unshuffle**2, 1)

    @property
    def multiple(self) -> int:
        """Height and width the network works on are multiples of this, in pixels."""
        down = self.strides if self.modules else 0
        return self.unshuffle * 2 ** (self.scales - 1 + down)

    @property
    def has_phases(self) -> bool:
        """Whether `model.mspfn.phases` knows its form."""
        fine = self.modules > 0 and self.strides > 0
        plain = not self.tensorflow and not self.memory
        return fine and self.fusion == "progressive" and plain

    @property
    def still(self) -> str:
        """Name of the same network without a memory; its own if it has none."""
        return self.name.partition(VIDEO)[0]

    @property
    def looks_at(self) -> int:
        """Channels that enter at each scale."""
        return 3 * self.unshuffle**2 * (2 if self.sees_last else 1)

    def level(self, scale: int) -> "Variant":
        """Returns the network of one scale alone."""
        one = slice(scale, scale + 1)
        return Variant(
            name=f"{self.name}-level{scale}",
            modules=self.modules,
            units=self.units[one],
            width=self.width,
            recurrent=self.recurrent[one],
            recurrent_inputs=self.recurrent_inputs[one],
        )


def check_no_memory(variant: Variant) -> None:
    """Refuses a network with a memory where nothing would carry it on.

    Raises:
        ModelError: It has one.
    """
    if variant.memory:
        raise ModelError(
            f"{variant.name} has a memory that goes from frame to frame, which only "
            "'derain train' and 'derain evaluate' know; expected a network without."
        )
