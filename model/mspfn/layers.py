"""The convolutions all parts of the network are made of, and how they sample.

Two grids exist. Networks of this project put the centre of a stride-2 kernel on every
second pixel (PyTorch's `padding=1`). The authors' graphs use TensorFlow's `SAME`, which
on an even size puts all padding behind the picture; weights made for one grid do not
fit the other.
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

Features = Float[Tensor, "batch channels height width"]
Rechannelled = Float[Tensor, "batch _ height width"]
Resampled = Float[Tensor, "batch _ _ _"]
Scales = list[Float[Tensor, "batch channels _ _"]]
"""Features of each scale, full scale first."""


class Conv(nn.Module):
    """A 3x3 convolution without bias, then one PReLU slope for each channel."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.act = nn.PReLU(outputs)

    def forward(self, x: Features) -> Rechannelled:
        """Returns [batch, outputs, height, width]."""
        return self.act(self.conv(x))


class Down(nn.Module):
    """A 3x3 convolution of stride 2 and PReLU: halves height and width, both even."""

    def __init__(self, inputs: int, outputs: int, *, tensorflow: bool) -> None:
        super().__init__()
        padding = 0 if tensorflow else 1
        self.tensorflow = tensorflow
        self.conv = nn.Conv2d(inputs, outputs, 3, 2, padding, bias=False)
        self.act = nn.PReLU(outputs)

    def forward(self, x: Features) -> Resampled:
        """Returns [batch, outputs, height / 2, width / 2]."""
        if self.tensorflow:
            x = F.pad(x, (0, 1, 0, 1))
        return self.act(self.conv(x))


class Up(nn.Module):
    """A 3x3 transposed convolution of stride 2 and PReLU: doubles height and width."""

    def __init__(self, inputs: int, outputs: int, *, tensorflow: bool) -> None:
        super().__init__()
        edge = 0 if tensorflow else 1
        self.tensorflow = tensorflow
        self.conv = nn.ConvTranspose2d(
            inputs, outputs, 3, 2, edge, output_padding=edge, bias=False
        )
        self.act = nn.PReLU(outputs)

    def forward(self, x: Features) -> Resampled:
        """Returns [batch, outputs, 2 * height, 2 * width]."""
        y = self.conv(x)
        if self.tensorflow:  # 2n + 1 outputs, of which the first 2n count
            y = y[:, :, :-1, :-1]
        return self.act(y)
