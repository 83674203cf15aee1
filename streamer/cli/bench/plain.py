"""The plain loop that people write themselves, which a run is compared with.

OpenCV capture, the same network in PyTorch fp32 eager with the full Conv-LSTM, OpenCV
writer, one frame after the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from model import build_network, load_weights

_MULTIPLE = 32


def plain_network(model: str, device: str = "cpu") -> nn.Module:
    """Returns the network as the paper draws it, with the weights that ship."""
    network = build_network(model, full_cell=True)
    network.load_state_dict(load_weights(model).tensors)
    return network.eval().to(device)


@torch.no_grad()
def plain_loop(network: nn.Module, clip: Path, frames: int) -> None:
    """Derains the first `frames` of `clip` into `plain.mp4` beside it.

    Raises:
        ValueError: The clip cannot be read, or has fewer frames.
    """
    with _opened(clip) as (capture, writer):
        for _ in range(frames):
            there, picture = capture.read()
            if not there:
                raise ValueError(f"{clip}: fewer than {frames} frames can be read.")
            rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
            writer.write(cv2.cvtColor(_derained(network, rgb), cv2.COLOR_RGB2BGR))


@contextmanager
def _opened(clip: Path) -> Iterator[tuple[cv2.VideoCapture, cv2.VideoWriter]]:
    capture = cv2.VideoCapture(str(clip))
    size = tuple(
        int(capture.get(side))
        for side in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    )
    codec, rate = cv2.VideoWriter.fourcc(*"mp4v"), capture.get(cv2.CAP_PROP_FPS)
    writer = cv2.VideoWriter(str(clip.with_name("plain.mp4")), codec, rate, size)
    try:
        yield capture, writer
    finally:
        capture.release()
        writer.release()


def _derained(network: nn.Module, rgb: NDArray[Any]) -> NDArray[Any]:
    height, width, _ = rgb.shape
    device = next(network.parameters()).device
    batch: Tensor = torch.from_numpy(rgb).to(device).permute(2, 0, 1).unsqueeze(0)
    margins = (0, -width % _MULTIPLE, 0, -height % _MULTIPLE)
    batch = F.pad(batch.float() / 255, margins, mode="reflect")
    clean = network(batch)[0, :, :height, :width].clamp(0, 1) * 255
    pixels: NDArray[Any] = clean.round().byte().permute(1, 2, 0).cpu().numpy()
    return pixels
