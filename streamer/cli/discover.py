"""`derain discover`: the ONVIF cameras of the network, and their stream addresses."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import typer

from sources.address import without_secrets
from sources.live.onvif.device import CameraStream, Told, streams_of
from sources.live.onvif.discovery import (
    GROUP,
    PORT,
    Camera,
    own_addresses,
)
from sources.live.onvif.discovery import (
    discover as probe,
)
from streamer.errors import StreamerError

_ASKED_AT_ONCE = 16


def discover(
    seconds: Annotated[
        float, typer.Option(min=0.1, max=60, help="How long to wait for answers.")
    ] = 3.0,
    address: Annotated[
        list[str] | None,
        typer.Option(
            metavar="IP",
            help="Ask from this address of the machine; by itself from all of them.",
        ),
    ] = None,
    at: Annotated[
        str, typer.Option(metavar="HOST[:PORT]", help="Ask one device, not all.")
    ] = f"{GROUP}:{PORT}",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of a list.")
    ] = False,
) -> None:
    """List the ONVIF cameras of the network with name, address and model.

    Stream addresses are listed where a camera tells them without a login. It is asked
    from each network that the machine is in; other networks and VLANs do not hear it.
    """
    addresses = address or own_addresses()
    cameras = probe(seconds=seconds, addresses=addresses, target=_target(at))
    if not cameras:
        raise StreamerError(
            f"no camera answered within {seconds:g} s, asked from "
            f"{', '.join(addresses)}: is it in this network, is ONVIF switched on in "
            "it, does a firewall let UDP from port 3702 in?"
        )
    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        told = list(pool.map(partial(streams_of, seconds=seconds), cameras))
    pairs = list(zip(cameras, told, strict=True))
    if as_json:
        typer.echo(json.dumps([_as_json(*pair) for pair in pairs], indent=2))
        return
    for pair in pairs:
        typer.echo("\n".join(_lines(*pair)))


def _target(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon:
        return text, PORT
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise StreamerError(f"--at wants HOST or HOST:PORT, got {text}")
    return host, int(port)


def _lines(camera: Camera, told: Told) -> Sequence[str]:
    known = [camera.host, camera.name, camera.hardware]
    head = "  ".join(part for part in known if part)
    streams = [f"    {_line(stream)}" for stream in told.streams]
    return [head, *(streams or [f"    {told.problem}"])]


def _line(stream: CameraStream) -> str:
    size = f"{stream.width}x{stream.height}" if stream.width else ""
    about = " ".join(part for part in (stream.profile, size, stream.encoding) if part)
    return f"{without_secrets(stream.address)}  {about}".rstrip()


def _as_json(camera: Camera, told: Told) -> dict[str, Any]:
    streams = [
        asdict(stream) | {"address": without_secrets(stream.address)}
        for stream in told.streams
    ]
    return {
        "name": camera.name,
        "address": camera.host,
        "hardware": camera.hardware,
        "endpoint": camera.endpoint,
        "services": list(camera.services),
        "scopes": list(camera.scopes),
        "streams": streams,
        "problem": told.problem,
    }
