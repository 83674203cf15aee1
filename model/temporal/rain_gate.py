"""Tells frames with rain from dry ones by what the network took out of them.

Rain is everywhere in a picture, and what a network takes for rain in a dry one is in
places: railings, grass, foliage. So the picture is divided into blocks, and many
blocks with a little removed count for more than a few with much.

The thresholds were chosen by measurement: docs/temporal.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from itertools import product

import cv2
import numpy as np

from model.pictures.coverage import coverage
from model.pictures.pixels import RgbArray

RAINY = 0.2
"""Coverage (`model.pictures.coverage`), in percent, from which a frame has rain."""
DRY = 0.13
"""Coverage in percent below which a frame has none."""

_PATIENCE = 12
"""Frames in a row that must be dry before the gate closes; one of rain opens it."""
_FADE = 8
"""Frames that a change takes to be complete."""


class GateDecision(Enum):
    """What a frame becomes."""

    UNTOUCHED = auto()
    MIXED = auto()
    DERAINED = auto()


@dataclass(frozen=True, slots=True)
class GateState:
    """What a gate remembers of the frames so far."""

    raining: bool
    dry_frames: int
    """How many in a row, up to `_PATIENCE`: more make no difference."""
    step: int
    """0 is untouched, `_FADE` is derained."""

    def after(self, percent: float) -> "GateState":
        """Returns what it becomes with a frame of so much coverage."""
        dry = min(self.dry_frames + 1, _PATIENCE) if percent < DRY else 0
        raining = percent >= RAINY or (self.raining and dry < _PATIENCE)
        step = min(max(self.step + (1 if raining else -1), 0), _FADE)
        return GateState(raining, dry, step)


def state_after(percents: Iterable[float]) -> GateState | None:
    """Returns the state of any gate after these frames; None if it still depends.

    A gate forgets its past with the first frame of rain or after several dry ones, and
    the time to go over. So the middle of a film can be gated like the whole of it, if
    enough frames before it are looked at.

    Args:
        percents: The coverage of frames that follow each other.
    """
    states = {
        GateState(*parts)
        for parts in product((False, True), range(_PATIENCE + 1), range(_FADE + 1))
    }
    for percent in percents:
        states = {state.after(percent) for state in states}
    return states.pop() if len(states) == 1 else None


class RainGate:
    """The gate of one stream: remembers whether it rains.

    It opens with the first frame of rain and closes after several dry ones, and either
    way the picture goes over within some frames. The first frame is decided at once.

    Args:
        still: Every picture stands for itself: no memory, no going over.
    """

    def __init__(self, *, still: bool = False) -> None:
        self._still = still
        self.state: GateState | None = None
        """None before the first frame; may be set to go on where another gate was."""

    def __call__(self, frame: RgbArray, derained: RgbArray) -> GateDecision:
        """Makes `derained` what the frame becomes, and returns which of the three.

        Args:
            frame: As it came, RGB [height, width, 3], uint8 or uint16.
            derained: What the network made of it; changed in place.
        """
        self.look(coverage(frame, derained))
        return self.pass_on(frame, derained)

    def look(self, percent: float) -> None:
        """Decides on the next frame by the coverage of what was taken out of it."""
        if self.state is None or self._still:
            raining = percent >= (RAINY + DRY) / 2
            self.state = GateState(raining, 0, _FADE if raining else 0)
        else:
            self.state = self.state.after(percent)

    @property
    def _step(self) -> int:
        return self.state.step if self.state else 0

    @property
    def decision(self) -> GateDecision:
        """What was decided on the last frame that was looked at."""
        if self._step == _FADE:
            return GateDecision.DERAINED
        return GateDecision.MIXED if self._step else GateDecision.UNTOUCHED

    def pass_on(self, frame: RgbArray, derained: RgbArray) -> GateDecision:
        """Makes `derained` what was decided, and returns what that is.

        Both are pixels, or both the same plane of luma or chroma.
        """
        if self.decision is GateDecision.UNTOUCHED:
            np.copyto(derained, frame)
        elif self.decision is GateDecision.MIXED:
            share = self._step / _FADE
            derained[...] = cv2.addWeighted(derained, share, frame, 1 - share, 0)
        return self.decision
