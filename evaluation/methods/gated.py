"""A method behind the rain gate: a picture that has no rain comes out as it went in."""

import hashlib

import numpy as np

from evaluation.methods.method import Method
from evaluation.methods.streams import FrameByFrame, Stream
from evaluation.metrics.luma import RgbArray


class GatedMethod:
    """Another method, whose output counts only where it took rain out.

    Each picture is judged by itself, as `derain run` does with pictures.

    Args:
        method: The method behind the gate; shared with its row without one.
    """

    def __init__(self, method: Method) -> None:
        self._method = method
        self.name = f"{method.name} gate"

    @property
    def key(self) -> str:
        """That of the method, and the gate; the gate's code is the network's."""
        return f"{self._method.key}/gate"

    @property
    def facts(self) -> dict[str, str]:
        """Those of the method, and the gate."""
        return {**self._method.facts, "gate": "on"}

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        """Returns the method's picture, or the one that came where that has no rain."""
        return self._gated(picture, self._method(picture, name))

    def stream(self, name: str = "") -> Stream:
        """Returns a stream that judges each frame by itself."""
        return FrameByFrame(lambda frame: self(frame, name))

    def release(self) -> None:
        """As the method: it is shared."""
        self._method.release()

    def _gated(self, picture: RgbArray, derained: RgbArray) -> RgbArray:
        from model.temporal.rain_gate import RainGate

        out = np.ascontiguousarray(derained).copy()
        RainGate(still=True)(picture, out)
        return out


class Remembered:
    """A method that keeps what it made, so that its gated row need not make it again.

    Args:
        method: Of which pictures are kept, as long as there is room.
        room: Bytes.
    """

    def __init__(self, method: Method, room: int = 512 * 2**20) -> None:
        self._method = method
        self._room = room
        self._kept: dict[str, RgbArray] = {}
        self.name = method.name

    @property
    def key(self) -> str:
        """That of the method."""
        return self._method.key

    @property
    def facts(self) -> dict[str, str]:
        """Those of the method."""
        return self._method.facts

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        """Returns what the method makes, or made, of the picture."""
        key = f"{picture.shape}{hashlib.sha256(picture.tobytes()).hexdigest()}"
        if key in self._kept:
            return self._kept[key]
        output = self._method(picture, name)
        if output.nbytes <= self._room:
            self._room -= output.nbytes
            self._kept[key] = output
        return output

    def stream(self, name: str = "") -> Stream:
        """Returns a stream of the method; of clips nothing is kept."""
        return self._method.stream(name)

    def release(self) -> None:
        """Gives the method's memory back; the pictures stay."""
        self._method.release()
