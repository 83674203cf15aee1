"""Stations on a Ray cluster: an actor for each GPU, or one for a machine's processors.

What travels is small: the settings of streams, and what `/healthz` tells of them. An
address travels as it stands in the file, with `${NAME}` in the place of a password,
which the node fills from its own environment.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from model.cores import hold_to
from sinks.live.serving.ports import ServedPorts
from streamer.cli.ray.cluster import (
    Node,
    first_line,
    nodes_of,
    on_node,
    with_whole_path,
)
from streamer.cli.ray.pieces import recipe_there
from streamer.cli.run.live.fleet import StreamOpener
from streamer.cli.run.page import no_tap
from streamer.library.state.identity import difference
from streamer.live.fleet.hosts import LostError
from streamer.live.fleet.settings import StreamSettings
from streamer.live.fleet.station import Beat, Station
from streamer.network.protocol import open_alone
from streamer.settings import NetworkOptions

_END_SECONDS = 20.0
_NODES_SECONDS = 1.0
"""The head is asked for its nodes so often at most."""


class StationActor:
    """Lives on a node; Ray calls it."""

    def __init__(
        self, network: NetworkOptions, recipe: Mapping[str, str], cpus: int | None
    ) -> None:
        """Loads the network, and measures it where that was never done.

        Args:
            network: Which one.
            recipe: What the others work with.
            cpus: Processors that are its own; None: it has a GPU.
        """
        if cpus is not None:  # Ray tells PyTorch, but not OpenVINO
            hold_to(cpus)
        from streamer.cli.bench.capacity import capacity_of  # loads torch

        self._differs = difference(recipe, recipe_there(network.named))
        if self._differs:
            return
        self._network = open_alone(network)
        self._capacity = capacity_of(self._network, network.named)
        ports = ServedPorts()
        self._station = Station(
            self._network, lambda stream: StreamOpener(stream, no_tap, ports)
        )

    def opened(self) -> float | str:
        """Returns pixels a second, or how this node differs from the others."""
        return self._differs or self._capacity

    def beat(self, streams: Sequence[StreamSettings]) -> Beat:
        """As `Station.beat`."""
        return self._station.beat(streams)

    def close(self) -> None:
        """Ends all streams in order."""
        self._station.close()
        self._network.close()


@dataclass(frozen=True, slots=True)
class _Device:
    node: Node
    on_gpu: bool


class RayHost:
    """One actor, as the fleet sees it."""

    def __init__(self, ray: Any, actor: Any) -> None:
        """Asks it for its capacity."""
        self._ray, self._actor = ray, actor
        self._asked: Sequence[StreamSettings] = ()
        self._pending: Any = None
        self._opened = actor.opened.remote()

    def capacity(self) -> float | None:
        """Returns pixels a second once the network is loaded; None: not yet.

        Raises:
            LostError: It cannot be loaded, or this node differs from the others.
        """
        found = self._result(self._opened)
        if isinstance(found, str):
            raise LostError(f"it differs from the others: its {found}", for_good=True)
        return None if found is None else float(found)

    def ask(self, streams: Sequence[StreamSettings]) -> None:
        """Says what is to run there, once it has answered the question before."""
        if self._pending is None:
            self._asked = streams
            self._pending = self._actor.beat.remote(list(streams))

    def answer(self) -> tuple[Sequence[StreamSettings], Beat] | None:
        """Returns what was asked and what came since the last call; None: nothing.

        Raises:
            LostError: The actor or its node died.
        """
        if self._pending is None:
            return None
        beat: Beat | None = self._result(self._pending)
        if beat is None:
            return None
        self._pending = None
        return self._asked, beat

    def _result(self, reference: Any) -> Any:
        errors = self._ray.exceptions
        try:
            ready, _ = self._ray.wait([reference], timeout=0)
            return self._ray.get(ready[0]) if ready else None
        except errors.RayTaskError as error:
            raise LostError(first_line(error.cause or error)) from None
        except errors.RayError as error:
            raise LostError(first_line(error)) from None

    def close(self, *, in_order: bool) -> None:
        """Ends the actor; in order its streams first."""
        if in_order:
            with suppress(self._ray.exceptions.RayError):  # it may be dead already
                self._ray.wait([self._actor.close.remote()], timeout=_END_SECONDS)
        self._ray.kill(self._actor)


class RayHosts:
    """The devices of a cluster's nodes, by name."""

    def __init__(self, ray: Any, network: NetworkOptions) -> None:
        """Opens nothing yet.

        Args:
            ray: The package, connected.
            network: That all streams share.
        """
        self._ray, self._network = ray, with_whole_path(network)
        self._recipe = recipe_there(self._network.named)
        self._actor = ray.remote(max_restarts=0, max_concurrency=4)(StationActor)
        self._devices: dict[str, _Device] = {}
        self._due_s = 0.0

    def names(self) -> Sequence[str]:
        """Returns a name for each device of the nodes that are alive."""
        if time.monotonic() >= self._due_s:
            self._devices = dict(self._found())
            self._due_s = time.monotonic() + _NODES_SECONDS
        return list(self._devices)

    def _found(self) -> Iterator[tuple[str, _Device]]:
        for node in nodes_of(self._ray):
            gpus = node.gpus if self._network.device != "cpu" else 0
            name = f"{node.name}-{node.id[:6]}"  # two may be on one machine
            for number in range(gpus):
                yield f"{name}/gpu{number}", _Device(node, on_gpu=True)
            if not gpus and node.cpus:
                yield f"{name}/cpu", _Device(node, on_gpu=False)

    def open(self, name: str) -> RayHost:
        """Begins to open the station of a device."""
        device = self._devices[name]
        needs = {"num_gpus": 1} if device.on_gpu else {"num_cpus": device.node.cpus}
        own = "cuda" if device.on_gpu else "cpu"  # Ray shows an actor its GPU alone
        actor = self._actor.options(**needs, **on_node(device.node))
        network = replace(self._network, device=own)
        return RayHost(
            self._ray, actor.remote(network, self._recipe, needs.get("num_cpus"))
        )
