"""Ray clusters of several nodes, all on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pytest

from streamer.cli.ray.cluster import load_ray


def ray_or_skip() -> None:
    """Ray reads what it needs of the environment when it is imported."""
    os.environ["RAY_AUTH_TOKEN"] = "no-secret-" * 4
    if find_spec("ray") is None:
        pytest.skip("the extra derain[ray] is not installed: pip install 'derain[ray]'")
    load_ray()


@contextmanager
def nodes_here(count: int) -> Iterator[Any]:
    """Runs a cluster on this machine; `cluster.others` are those beside the head."""
    ray_or_skip()
    from ray.cluster_utils import Cluster

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    cluster.others = [cluster.add_node(num_cpus=1) for _ in range(count - 1)]
    cluster.wait_for_nodes()
    try:
        yield cluster
    finally:
        cluster.shutdown()
