"""One stream through a network with a memory: each frame with what came before it.

The motion that the memory is fetched along, and the cuts at which it is forgotten, are
those of the temporal step (`model.motion`).
"""

import numpy as np
import torch
from torch import Tensor

from model.motion.links import FINE, Link, Motion
from model.mspfn.video import Alignment, Memory, VideoMSPFN
from model.pictures.pixels import RgbArray


class MemoryStream:
    """Derains the frames of one stream in their order; one thread uses it.

    Args:
        network: Ready to derain, on its device; may serve several streams.
        fine: Pixels up to which flow is estimated at full size.
    """

    def __init__(self, network: VideoMSPFN, fine: int = FINE) -> None:
        self._network = network
        self._motion = Motion(fine)
        self._memory: Memory | None = None
        self.begun = 0
        """How often it began without a memory: at first, at cuts, at other sizes."""

    def derain(self, frame: RgbArray) -> RgbArray:
        """Returns the next frame without its rain, as a new array of the same form.

        Args:
            frame: RGB [height, width, 3], uint8 or uint16.

        Raises:
            ValueError: The frame is too small for the network.
        """
        link = self._motion.link(frame)
        if link is None:
            self._memory = None
            self.begun += 1
        derained = self._step(frame, link)
        self._motion.replace_last(derained)
        return derained

    @torch.inference_mode()
    def _step(self, frame: RgbArray, link: Link | None) -> RgbArray:
        white = float(np.iinfo(frame.dtype).max)
        device = next(self._network.parameters()).device
        # [1, 3, height, width]; torch divides no uint16.
        rgb = torch.from_numpy(frame.astype(np.float32) / white).to(device)
        alignment = None if link is None else _alignment(link, device)
        derained, self._memory = self._network.step(
            rgb.permute(2, 0, 1)[None], self._memory, alignment
        )
        return _stored(derained, white, frame.dtype)


def _alignment(link: Link, device: torch.device) -> Alignment:
    places = torch.from_numpy(link.back.places).to(device)
    known = torch.from_numpy(link.back.lost == 0).to(device)
    return Alignment(places[None], known[None, None].float())


def _stored(derained: Tensor, white: float, kind: np.dtype[np.generic]) -> RgbArray:
    levels = (derained[0].clamp(0, 1) * white).round().permute(1, 2, 0)
    return np.ascontiguousarray(levels.cpu().numpy().astype(kind))
