import numpy as np
import openvino as ov
import pytest
import torch
from torch import nn

from model.backends.openvino.squares import use_own_layer
from model.mspfn.phases import together


class _Together(nn.Module):
    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return together(maps)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_maps_are_laid_together_by_a_layer_of_openvino() -> None:
    maps = torch.rand(1, 12, 5, 7)
    traced = torch.jit.trace(_Together(), maps)  # type: ignore[no-untyped-call]
    model = ov.convert_model(traced, example_input=maps, input=[[1, 12, -1, -1]])

    use_own_layer(model)
    model.validate_nodes_and_infer_types()

    kinds = [node.get_type_name() for node in model.get_ordered_ops()]
    assert kinds.count("DepthToSpace") == 1
    assert "Transpose" not in kinds
    assert model.output().get_partial_shape()[1].get_length() == 3
    found = next(iter(ov.compile_model(model, "CPU")(maps.numpy()).values()))
    np.testing.assert_array_equal(found, together(maps).numpy())
