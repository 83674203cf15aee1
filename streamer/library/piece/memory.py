"""What a network remembers of a film, taken from one piece to the next.

A film in pieces comes out as in one go because each piece goes on where the one before
it ended: with its neighbouring frames, with the state of the rain gate, and, for the
causal step, with the cleaned frames that the next one is found in.
"""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from model.backends.plane_neighbours import Lumas
from model.temporal.rain_gate import GateState, RainGate
from streamer.errors import StreamerError
from streamer.library.jobs import GateValues


class PieceGate(RainGate):
    """A gate that begins where another ended, and knows where the piece ends.

    Frames are looked at in their order: those before the piece, those of it, and those
    behind it.
    """

    def __init__(self, state: GateValues | None, before: int) -> None:
        """Begins as the gate of a film, or in the middle of one.

        Args:
            state: After the frame before the piece; None at the film's beginning.
            before: Frames before the piece that are looked at, too.
        """
        super().__init__()
        self.states: list[GateState] = []
        """After each frame of the piece and of those behind it."""
        self._begin = GateState(*state) if state else None
        self._left = before

    def look(self, percent: float) -> None:
        """Decides on the next frame."""
        if self._left == 0 and not self.states:
            self.state = self._begin
        super().look(percent)
        if self._left:
            self._left -= 1
        elif self.state is not None:
            self.states.append(self.state)


class WatchingGate(RainGate):
    """Only listens: keeps the coverage of every frame."""

    def __init__(self) -> None:
        super().__init__()
        self.percents: list[float] = []

    def look(self, percent: float) -> None:
        """Keeps it."""
        self.percents.append(percent)
        super().look(percent)


def values_of(state: GateState) -> GateValues:
    """Returns the state as a manifest holds it."""
    return state.raining, state.dry_frames, state.step


def save_lumas(path: Path, lumas: Lumas) -> None:
    """Writes what the causal step remembers.

    Raises:
        OSError: The disk is full.
    """
    with path.open("wb") as file:
        np.savez(file, *lumas)


def load_lumas(path: Path) -> Lumas:
    """Reads it back.

    Raises:
        StreamerError: The file is missing or damaged.
    """
    try:
        # Opened here: of a damaged file numpy would leave its own open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return [arrays[name] for name in arrays.files]
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise StreamerError(
            f"{path} cannot be read ({error}); --restart begins anew"
        ) from None
