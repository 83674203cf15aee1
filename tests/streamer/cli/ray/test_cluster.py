"""What is known of a cluster before one is there; the rest needs Ray."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streamer.cli.ray.cluster import (
    Node,
    check_device,
    connected,
    load_ray,
    nodes_of,
    with_whole_path,
)
from streamer.errors import StreamerError
from streamer.settings import NetworkOptions


def test_without_ray_the_command_that_helps_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)  # as where it is not installed
    for name in list(os.environ):
        if name.startswith("RAY_"):
            monkeypatch.delenv(name)

    with pytest.raises(StreamerError, match=r"pip install 'derain\[ray\]'"):
        load_ray()
    with (
        pytest.raises(StreamerError, match=r"pip install 'derain\[ray\]'"),
        connected("local"),
    ):
        pytest.fail("it connected")

    assert os.environ["RAY_AUTH_MODE"] == "token"
    for name in [name for name in os.environ if name.startswith("RAY_")]:
        monkeypatch.delenv(name)


def test_nodes_that_are_alive_are_told_by_name() -> None:
    def entry(node: str, **more: Any) -> dict[str, Any]:
        alone = {"NodeManagerAddress": "10.0.0.9", "Resources": {"CPU": 4.0}}
        return {"NodeID": node, "Alive": True, **alone, **more}

    found = [
        entry("3", NodeName="yard", Resources={"CPU": 8.0, "GPU": 2.0}),
        entry("2", NodeName="gate"),
        entry("1", NodeName="gate"),
        entry("4", NodeName="roof", Alive=False),
        entry("5", NodeName="", Resources={}),
    ]

    assert nodes_of(SimpleNamespace(nodes=lambda: found)) == [
        Node(id="5", name="10.0.0.9", gpus=0, cpus=0),
        Node(id="1", name="gate", gpus=0, cpus=4),
        Node(id="2", name="gate", gpus=0, cpus=4),
        Node(id="3", name="yard", gpus=2, cpus=8),
    ]


def test_the_file_of_a_network_is_named_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.safetensors").touch()

    mine = with_whole_path(NetworkOptions(model="mine.safetensors"))
    shipped = with_whole_path(NetworkOptions(model="mspfn-lite"))

    assert mine.model == f"{tmp_path}/mine.safetensors"
    assert shipped.model == "mspfn-lite"


def test_a_gpu_that_ray_does_not_count_is_refused() -> None:
    for device in ("auto", "cpu", "cuda:1"):
        check_device(device)
    with pytest.raises(StreamerError, match="auto, cpu and cuda, not intel:0"):
        check_device("intel:0")
