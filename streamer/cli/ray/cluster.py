"""The way into a Ray cluster: the one that is there, or one on this machine."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from streamer.errors import StreamerError
from streamer.settings import NetworkOptions

LOCAL = "local"
_SETTINGS = {
    "RAY_AUTH_MODE": "token",  # it listens on the host's address, asked or not
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_raylet_start_wait_time_s": "300",  # under load 30 s are not enough
    # Ray takes the GPUs from tasks that ask for none; CPU tasks need no such care.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Node:
    """One machine of the cluster, or a part of one."""

    id: str
    name: str
    gpus: int
    cpus: int


def check_device(device: str) -> None:
    """Refuses a device that Ray does not count.

    Raises:
        StreamerError: It is an Intel GPU.
    """
    if device.startswith("intel"):
        raise StreamerError(f"--ray knows device auto, cpu and cuda, not {device}")


def load_ray() -> Any:
    """Returns the package.

    Raises:
        StreamerError: It is not installed.
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError:
        raise StreamerError(
            "--ray needs the package ray: pip install 'derain[ray]'"
        ) from None
    return ray


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connects to a cluster while the block runs.

    Args:
        address: `HOST:PORT` of a cluster's head, or `local` for one of its own.

    Raises:
        StreamerError: There is no such cluster, or Ray is not installed.
    """
    ray = load_ray()
    own = address == LOCAL
    where: Mapping[str, Any] = (
        {"address": LOCAL, "include_dashboard": False} if own else {"address": address}
    )
    try:
        ray.init(
            **where,
            namespace="derain",
            logging_level="ERROR",
            log_to_driver=False,
            runtime_env={"env_vars": {"PYTHONPATH": _python_path()}},
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        token = "" if own else " that takes the token of RAY_AUTH_TOKEN"
        raise StreamerError(f"no Ray cluster at {address}{token}: {reason}") from None
    try:
        yield ray
    finally:
        ray.shutdown()


def nodes_of(ray: Any) -> list[Node]:
    """Returns the nodes that are alive, by name."""
    found = [
        Node(
            id=entry["NodeID"],
            name=entry.get("NodeName") or entry["NodeManagerAddress"],
            gpus=int(entry["Resources"].get("GPU", 0)),
            cpus=int(entry["Resources"].get("CPU", 0)),
        )
        for entry in ray.nodes()
        if entry["Alive"]
    ]
    return sorted(found, key=lambda node: (node.name, node.id))


def on_node(node: Node) -> Mapping[str, Any]:
    """Returns the options of what runs on one node, and fails where that is gone."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    there = NodeAffinitySchedulingStrategy(node.id, soft=False)
    return {"scheduling_strategy": there}


def whole_path(path: str) -> str:
    """Returns a path as nodes find it, which stand in other folders.

    One that begins with a variable of the node's environment stays as it is.
    """
    return path if path.startswith("${") else str(Path(path).absolute())


def with_whole_path(network: NetworkOptions) -> NetworkOptions:
    """Returns the options of a network whose file, if it is one, has its whole path."""
    if not Path(network.model).is_file():
        return network
    return replace(network, model=whole_path(network.model))


def first_line(error: BaseException) -> str:
    """Returns what an error of Ray's says first; the rest is a traceback."""
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _python_path() -> str:
    """A worker finds this program where it was started from, installed or not."""
    before = os.environ.get("PYTHONPATH", "")
    return f"{_ROOT}{os.pathsep}{before}" if before else str(_ROOT)
