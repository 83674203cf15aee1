from dataclasses import replace

import pytest
import torch

from model import (
    VARIANTS,
    ModelError,
    Variant,
    build_network,
    parameter_count,
    variant_named,
)

PAPER = [v for v in VARIANTS.values() if v.paper_parameters is not None]


@pytest.mark.parametrize("variant", PAPER, ids=lambda v: v.name)
def test_parameters_are_as_near_the_papers_as_stated(variant: Variant) -> None:
    with torch.device("meta"):
        count = parameter_count(build_network(variant))

    assert variant.paper_parameters is not None
    off = abs(count / 1e6 / variant.paper_parameters - 1)

    assert off <= variant.tolerance


def test_the_tolerances_are_those_the_paper_allows() -> None:
    wide = {v.name for v in PAPER if v.tolerance > 0.03}

    assert wide == {"mspfn-model1", "mspfn-model2", "mspfn-model4", "mspfn-model6"}
    assert max(v.tolerance for v in PAPER) == 0.15


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("mspfn-release", 15_823_424), ("mspfn-release-retrain", 20_995_776)],
)
def test_the_releases_have_the_authors_numbers_exactly(
    name: str, parameters: int
) -> None:
    with torch.device("meta"):
        count = parameter_count(build_network(name))

    assert count == parameters


def test_an_unknown_name_is_answered_with_the_likeliest() -> None:
    with pytest.raises(ModelError, match=r"mspfn-lit: .* did you mean mspfn-lite\?$"):
        variant_named("mspfn-lit")
    with pytest.raises(ModelError, match=r"snow: .*'derain models' lists them\)$"):
        variant_named("snow")


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_every_variant_gives_a_picture_of_the_size_it_got(name: str) -> None:
    variant = VARIANTS[name]
    small = replace(variant, width=8, modules=min(1, variant.modules), head=4)
    small = replace(
        small,
        recurrent=tuple(4 for _ in variant.recurrent),
        recurrent_inputs=tuple(4 for _ in variant.recurrent),
    )

    derained = build_network(small)(torch.rand(1, 3, 37, 41))

    assert derained.shape == (1, 3, 37, 41)
