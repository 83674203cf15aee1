"""PyTorch modules of a user's own: for pictures of any size, and known by a hash."""

import hashlib

from jaxtyping import Float
from torch import Tensor, nn

from model.mspfn.network import pad_to_multiple


class Padded(nn.Module):
    """A network that takes pictures of any size: padded by reflection, and cropped."""

    def __init__(self, network: nn.Module, multiple: int) -> None:
        super().__init__()
        self.network, self.multiple = network, multiple

    def forward(
        self, picture: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch 3 height width"]:
        """Returns what the network makes of the picture."""
        height, width = picture.shape[2:]
        made: Tensor = self.network(pad_to_multiple(picture, self.multiple))
        return made[:, :, :height, :width]


def hash_of(network: nn.Module) -> str:
    """Returns a hash of a network's form and weights, for reports."""
    digest = hashlib.sha256(repr(network).encode())
    for name, value in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().flatten().double().numpy())
    return digest.hexdigest()
