"""YOLOv3, YOLOv4 and their small forms from darknet's own files, in torch.

Redmon and Farhadi, "YOLOv3", arXiv:1804.02767; Bochkovskiy et al., "YOLOv4",
arXiv:2004.10934. The paper's detector is YOLOv3, and OpenCV 5 reads darknet no more.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from evaluation.errors import EvaluationError
from evaluation.tasks.judges.darknet_file import Section, Weights, read_cfg, steps

_ACTIVATIONS: dict[str, nn.Module] = {
    "linear": nn.Identity(),
    "leaky": nn.LeakyReLU(0.1),
    "relu": nn.ReLU(),
    "relu6": nn.ReLU6(),
    "mish": nn.Mish(),
    "swish": nn.SiLU(),
    "logistic": nn.Sigmoid(),
}
_EPSILON = 1e-5


class DarknetDetector:
    """A network with YOLO heads.

    Args:
        cfg: Its layers.
        weights: Its numbers.

    Raises:
        EvaluationError: A file cannot be read, the two do not belong together, or a
            layer is of a kind that detectors do not need.
    """

    def __init__(self, cfg: Path, weights: Path) -> None:
        sections = read_cfg(cfg)
        net, self._sections = sections[0], sections[1:]
        self.size = (net.number("width", 416), net.number("height", 416))
        numbers = Weights(weights)
        self._layers: list[nn.Module | None] = []
        self._widths: list[int] = []
        for place, section in enumerate(self._sections):
            try:
                layer, width = self._built(section, place, net.number("channels", 3))
            except (IndexError, KeyError, ValueError) as error:
                raise EvaluationError(
                    f"{cfg}: layer {place} [{section.kind}] cannot be built: {error}."
                ) from error
            if isinstance(layer, _Convolution):
                layer.fill(numbers)
            self._layers.append(layer)
            self._widths.append(width)
        if numbers.left:
            raise EvaluationError(
                f"{weights} holds {numbers.left} numbers more than {cfg} has use for: "
                "they do not belong together."
            )
        if not any(section.kind == "yolo" for section in self._sections):
            raise EvaluationError(f"{cfg} has no [yolo] layer.")

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Returns [n, 5 + classes]: centre and size in pixels, objectness, classes.

        Args:
            values: [1, 3, height, width], RGB in [0, 1]; sides are multiples of 32.
        """
        with torch.inference_mode():
            return np.asarray(self._forward(torch.from_numpy(values)).numpy())

    def _forward(self, values: Float[Tensor, "1 3 height width"]) -> Tensor:
        size = (values.shape[3], values.shape[2])
        done: list[Tensor] = []
        found: list[Tensor] = []
        for section, layer in zip(self._sections, self._layers, strict=True):
            before = done[-1] if done else values
            if section.kind == "yolo":
                found.append(_decoded(before, section, size, self.size))
                done.append(before)
            elif section.kind == "route":
                done.append(_routed(done, section))
            elif section.kind == "shortcut":
                own = done[int(section.numbers("from")[0])]
                total = before + own
                done.append(_ACTIVATIONS[section.word("activation", "linear")](total))
            elif layer is not None:
                done.append(layer(before))
        return torch.cat(found)

    def _built(
        self, section: Section, place: int, channels: int
    ) -> tuple[nn.Module | None, int]:
        """Returns a layer and how many channels it gives."""
        width = self._widths[-1] if self._widths else channels
        kind = section.kind
        if kind == "convolutional":
            return _Convolution(section, width), section.number("filters")
        if kind == "maxpool":
            return _Pooling(section), width
        if kind == "upsample":
            return nn.Upsample(scale_factor=section.number("stride", 2)), width
        if kind == "route":
            taken = sum(self._widths[step] for step in steps(section))
            return None, taken // section.number("groups", 1)
        if kind in ("shortcut", "yolo"):
            return None, width
        if kind == "dropout":  # for training alone
            return nn.Identity(), width
        known = "convolutional, maxpool, upsample, route, shortcut, dropout, yolo"
        raise ValueError(f"expected one of {known}")


class _Convolution(nn.Module):
    def __init__(self, section: Section, channels: int) -> None:
        super().__init__()
        size = section.number("size", 1)
        padding = size // 2 if section.number("pad") else section.number("padding")
        self._normed = bool(section.number("batch_normalize"))
        self._conv = nn.Conv2d(
            channels,
            section.number("filters"),
            size,
            section.number("stride", 1),
            padding,
            groups=section.number("groups", 1),
        ).requires_grad_(requires_grad=False)
        self._activation = _ACTIVATIONS[section.word("activation", "logistic")]

    def fill(self, numbers: Weights) -> None:
        """Takes its numbers; the normalisation becomes part of the kernel."""
        weight = self._conv.weight
        count = len(weight)
        bias = torch.from_numpy(numbers.take(count))
        gain = torch.ones(count)
        if self._normed:
            scale, mean, variance = (
                torch.from_numpy(numbers.take(count)) for _ in "123"
            )
            gain = scale / (variance + _EPSILON).sqrt()
            bias = bias - mean * gain
        kernel = torch.from_numpy(numbers.take(*weight.shape))
        weight.copy_(kernel * gain[:, None, None, None])
        if self._conv.bias is not None:
            self._conv.bias.copy_(bias)

    def forward(self, values: Tensor) -> Tensor:
        return self._activation(self._conv(values))


class _Pooling(nn.Module):
    """Darknet pads by size - 1 in all, the smaller half first."""

    def __init__(self, section: Section) -> None:
        super().__init__()
        self._stride = section.number("stride", 1)
        self._size = section.number("size", self._stride)
        self._padding = section.number("padding", self._size - 1)

    def forward(self, values: Tensor) -> Tensor:
        first = self._padding // 2
        last = self._padding - first
        edges = (first, last, first, last)
        padded = F.pad(values, edges, value=float("-inf"))
        return F.max_pool2d(padded, self._size, self._stride)


def _routed(done: list[Tensor], section: Section) -> Tensor:
    joined = torch.cat([done[step] for step in steps(section)], dim=1)
    groups = section.number("groups", 1)
    if groups == 1:
        return joined
    return joined.chunk(groups, dim=1)[section.number("group_id")]


def _decoded(
    values: Float[Tensor, "1 channels height width"],
    section: Section,
    size: tuple[int, int],
    trained: tuple[int, int],
) -> Tensor:
    """Returns the boxes of one head, [n, 5 + classes]."""
    pairs = np.array(section.numbers("anchors"), np.float32).reshape(-1, 2)
    mask = [int(number) for number in section.numbers("mask")] or range(len(pairs))
    anchors = torch.from_numpy(pairs[list(mask)])
    rows, columns = values.shape[2:]
    grid: Any = values.reshape(len(anchors), -1, rows, columns).permute(0, 2, 3, 1)
    if grid.shape[-1] != 5 + section.number("classes", 20):
        raise EvaluationError(
            f"a [yolo] of {section.number('classes', 20)} classes gets "
            f"{values.shape[1]} channels for {len(anchors)} anchors."
        )
    new = bool(section.number("new_coords"))  # of Scaled-YOLOv4: already in 0 to 1
    shares = grid if new else grid.sigmoid()
    spread = section.share("scale_x_y", 1.0)
    cells = torch.stack(
        torch.meshgrid(torch.arange(columns), torch.arange(rows), indexing="xy"), dim=2
    )
    centre = shares[..., :2] * spread - (spread - 1) / 2 + cells
    centre = centre * torch.tensor([size[0] / columns, size[1] / rows])
    grown = (2 * shares[..., 2:4]) ** 2 if new else grid[..., 2:4].exp()
    ratio = torch.tensor([size[0] / trained[0], size[1] / trained[1]])
    extent = grown * anchors[:, None, None] * ratio
    joined = torch.cat([centre, extent, shares[..., 4:]], dim=-1)
    return joined.reshape(-1, joined.shape[-1])
