"""Where the Triton kernels are used, and what is said where they are not."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from model import ModelError, build_network
from model.backends import select
from model.backends.select import BackendRequest
from model.backends.triton import available
from model.backends.triton.available import unknown_form, why_not
from model.backends.triton.forms import FORMS, forms_for
from model.mspfn.variants import VARIANTS, variant_named

LITE = variant_named("mspfn-lite")


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    """An H100, as far as anybody asks."""
    monkeypatch.setattr(available, "find_spec", lambda _name: object())
    there = SimpleNamespace(
        get_device_capability=lambda _device: (9, 0),
        get_device_name=lambda _device: "H100",
    )
    monkeypatch.setattr(torch, "cuda", there)


def asked(backend: str = "auto", precision: str = "auto") -> BackendRequest:
    return BackendRequest(
        device="cuda:0", backend=backend, precision=precision, low_latency=False
    )


@pytest.mark.usefixtures("card")
def test_the_light_network_in_16_bit_is_a_candidate_on_a_card() -> None:
    network = build_network("mspfn-lite")

    for precision in ("auto", "bf16"):
        names = select._names_of_candidates(lambda: network, asked(precision=precision))
        assert names == ("cuda", *FORMS)


def test_the_copy_engine_is_tried_from_hopper_on() -> None:
    plain = ("triton", "triton-scales", "triton-lanes")
    assert forms_for((8, 9)) == (*plain, "triton-persistent", "triton-persistent-half")
    assert forms_for((9, 0)) == tuple(FORMS)
    assert set(FORMS) < set(select._ON_CUDA)


@pytest.mark.usefixtures("card")
def test_what_the_kernels_do_not_know_is_left_to_pytorch() -> None:
    network, fp32 = build_network("mspfn-lite"), asked(precision="fp32")
    assert select._names_of_candidates(lambda: network, fp32) == ("cuda",)
    assert select._names_of_candidates(nn.Identity, asked()) == ("cuda",)
    assert "of the kind MSPFN" in why_not(nn.Identity(), "cuda:0", "fp16")


@pytest.mark.usefixtures("card")
def test_asked_for_by_name_it_says_why_it_cannot() -> None:
    network = build_network("mspfn-lite")

    with pytest.raises(ModelError, match="cannot run this: its numbers are fp16 or bf"):
        select._opened(
            lambda: network, LITE, "", None, asked("triton", "fp32"), "triton"
        )


def test_without_triton_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(available, "find_spec", lambda _name: None)

    assert "triton is not installed" in why_not(nn.Identity(), "cuda:0", "fp16")


def test_a_card_without_the_tensor_cores_is_named(
    monkeypatch: pytest.MonkeyPatch, card: None
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _device: (7, 5))

    told = why_not(build_network("mspfn-lite"), "cuda:0", "fp16")

    assert told == "H100 is older than Ampere"


def test_the_forms_that_are_known_are_the_light_ones() -> None:
    known = [name for name, variant in VARIANTS.items() if not unknown_form(variant)]

    assert known == ["mspfn-lite", "mspfn-lite-m3", "mspfn-lite-m8"]
    assert "one attention unit" in unknown_form(replace(LITE, units=(1, 2, 1)))
    assert "TensorFlow" in unknown_form(variant_named("mspfn-release"))
