"""The network's forward pass as launches: how many, in which order, of what size."""

from collections import Counter
from typing import cast

import pytest
import torch

from model import build_network
from model.backends.triton.forms import Form, Order
from model.backends.triton.planning.launches import Launch
from model.backends.triton.planning.pack import PackedNetwork, pack
from model.backends.triton.planning.plan import FusedNetwork
from model.mspfn.network import MSPFN


@pytest.fixture(scope="module")
def packed() -> PackedNetwork:
    return pack(cast(MSPFN, build_network("mspfn-lite")), torch.float32)


def launched(
    packed: PackedNetwork, size: tuple[int, int], order: Order = "modules"
) -> tuple[torch.Size, list[Launch]]:
    noted: list[Launch] = []
    network = FusedNetwork(packed, 8, noted.append, Form(order=order))
    return network(torch.zeros(2, 3, *size)).shape, noted


def test_the_light_network_takes_138_launches(packed: PackedNetwork) -> None:
    _, noted = launched(packed, (32, 48))

    assert len(noted) == 138
    assert Counter(launch.kernel for launch in noted)["halve"] == 2


@pytest.mark.parametrize("size", [(32, 48), (17, 31), (33, 20)])
def test_pictures_of_any_size_come_back_in_it(
    packed: PackedNetwork, size: tuple[int, int]
) -> None:
    shape, noted = launched(packed, size)

    assert shape == (2, 3, *size)
    assert {launch.grid[1] for launch in noted if launch.kernel != "weigh"} == {2}


def test_both_orders_launch_the_same(packed: PackedNetwork) -> None:
    _, modules = launched(packed, (32, 48))
    _, scales = launched(packed, (32, 48), "scales")

    def kinds(noted: list[Launch]) -> Counter[object]:
        return Counter((launch.form, launch.grid) for launch in noted)

    assert kinds(modules) == kinds(scales)
    assert [launch.grid for launch in modules] != [launch.grid for launch in scales]


def test_the_rain_is_taken_from_the_picture_last(packed: PackedNetwork) -> None:
    _, noted = launched(packed, (32, 48))

    assert noted[-1].constants["SIGN"] == -1
    assert noted[-1].tensors["res"].shape == (2, 32, 48, 3)


@pytest.mark.parametrize(("persistent", "launches"), [(1, 108), (2, 73)])
def test_a_module_may_be_one_launch_on_the_coarsest_scales(
    packed: PackedNetwork, persistent: int, launches: int
) -> None:
    noted: list[Launch] = []
    form = Form(persistent=persistent)
    network = FusedNetwork(packed, 16, noted.append, form, programs=264)

    assert network(torch.zeros(1, 3, 32, 48)).shape == (1, 3, 32, 48)

    blocks = [launch for launch in noted if launch.cooperative]
    assert len(noted) == launches
    assert len(blocks) == 5 * persistent
    places = {launch.tensors["arrived"].data_ptr() for launch in blocks}
    assert len(places) == len(blocks)


def test_other_sizes_need_no_other_compiled_forms(packed: PackedNetwork) -> None:
    forms = [
        {launch.form for launch in launched(packed, size)[1]}
        for size in ((32, 48), (64, 88))
    ]

    assert forms[0] == forms[1]
