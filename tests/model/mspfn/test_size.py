"""Numbers that a network trains, counted from its form."""

from dataclasses import replace

import pytest
import torch

from model import VARIANTS, build_network, parameter_count
from model.mspfn.attention import SQUEEZE
from model.mspfn.size import _SQUEEZE, parameters_of
from model.mspfn.variant import Variant
from model.mspfn.variants import variant_named
from tests.conftest import in_a_fresh_python


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=lambda v: v.name)
def test_a_network_counted_from_its_form_has_as_many_numbers_as_built(
    variant: Variant,
) -> None:
    with torch.device("meta"):
        built = parameter_count(build_network(variant))

    assert parameters_of(variant) == built


@pytest.mark.parametrize(
    "changes", [{"unshuffle": 2}, {"strides": 1}, {"head": 8}, {"modules": 0}]
)
def test_each_part_of_a_form_counts(changes: dict[str, int]) -> None:
    form = replace(variant_named("mspfn-lite"), **changes)  # type: ignore[arg-type] # a test names them

    with torch.device("meta"):
        built = parameter_count(build_network(form))

    assert parameters_of(form) == built


def test_attention_is_counted_as_it_is_built() -> None:
    assert _SQUEEZE == SQUEEZE


@pytest.mark.slow
def test_counting_loads_no_pytorch() -> None:
    code = (
        "import sys\n"
        "from model.mspfn.size import parameters_of\n"
        "from model.mspfn.variants import variant_named\n"
        "parameters_of(variant_named('mspfn'))\n"
        "assert 'torch' not in sys.modules\n"
    )

    assert in_a_fresh_python(code).stderr == ""
