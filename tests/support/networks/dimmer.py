"""A method for reports to show: it needs no weights and no time."""

from evaluation.methods.streams import FrameByFrame, Stream
from evaluation.metrics.luma import RgbArray


class Dimmer:
    """A network that makes pictures a little darker."""

    name = "dimmer"
    key = "dimmer"

    @property
    def facts(self) -> dict[str, str]:
        return {
            "model": "dimmer",
            "weights_sha256": "0" * 64,
            "device": "cpu",
            "backend": "fake",
            "precision": "fp32",
        }

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        return picture - picture // 16

    def stream(self, name: str = "") -> Stream:
        return FrameByFrame(self)

    def release(self) -> None:
        """Has nothing to give back."""
