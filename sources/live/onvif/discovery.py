"""Asks the network for ONVIF cameras: a WS-Discovery probe to all, answers from each.

WS-Discovery (OASIS, 2005/04 as ONVIF's core specification uses it): a probe by UDP to
239.255.255.250:3702, each device answers to the sender.
"""

import fcntl
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from urllib.parse import unquote, urlsplit
from uuid import uuid4
from xml.etree.ElementTree import Element

from sources.errors import SourceError
from sources.live.onvif.soap import envelope, printable, read, text_of

GROUP, PORT = "239.255.255.250", 3702
_SPACES = (
    'xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
    'xmlns:n="http://www.onvif.org/ver10/network/wsdl" '
    'xmlns:t="http://www.onvif.org/ver10/device/wsdl"'
)
_TYPES = ("n:NetworkVideoTransmitter", "t:Device")
"""Some devices answer to one of them alone."""
_AGAIN_SECONDS = 0.25
"""UDP loses packets, so each probe is sent twice."""
_SCOPE = "onvif://www.onvif.org/"
_SIOCGIFADDR = 0x8915
_MOST_CAMERAS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A device that answered a probe, as it tells itself."""

    endpoint: str
    """Its own lasting name, mostly `urn:uuid:...`."""
    host: str
    """The address that the answer came from."""
    services: tuple[str, ...]
    """Addresses of its device service."""
    scopes: tuple[str, ...]

    @property
    def name(self) -> str:
        """As its owner or maker named it; empty if it does not say."""
        return self._scope("name")

    @property
    def hardware(self) -> str:
        """Its model; empty if it does not say."""
        return self._scope("hardware")

    @property
    def service(self) -> str:
        """Where it can be asked: over HTTP, at the very host that answered; or ""."""
        return next(filter(self.is_at, self.services), "")

    def is_at(self, address: str) -> bool:
        """Whether an address is one over HTTP at the very host that answered."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        return parts.scheme == "http" and parts.hostname == self.host

    def _scope(self, kind: str) -> str:
        start = f"{_SCOPE}{kind}/"
        found = (s for s in self.scopes if s.startswith(start))
        return printable(unquote(next(found, "").removeprefix(start)))


def own_addresses() -> list[str]:
    """Returns the IPv4 address of each network interface but loopback."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # one without an IPv4 address
                request = struct.pack("256s", name.encode()[:15])
                answer = fcntl.ioctl(asked, _SIOCGIFADDR, request)
                found.append(socket.inet_ntoa(answer[20:24]))
    return [address for address in found if not address.startswith("127.")]


def discover(
    *,
    seconds: float,
    addresses: Sequence[str],
    target: tuple[str, int] = (GROUP, PORT),
) -> list[Camera]:
    """Returns the cameras that answer a probe, by their addresses.

    Args:
        seconds: How long answers are waited for.
        addresses: IPv4 addresses of this machine to ask from, one for each network.
        target: All devices of a network, or one.

    Raises:
        SourceError: From no address a probe could be sent.
    """
    with ExitStack() as stack:
        links = [stack.enter_context(_link(address)) for address in addresses]
        ids = [f"uuid:{uuid4()}" for _ in _TYPES]
        probes = [_probe(*pair) for pair in zip(ids, _TYPES, strict=True)]
        _send(links, probes, target, addresses)
        found: dict[str, Camera] = {}
        for data, host in _answers(links, seconds, probes, target):
            for camera in cameras_in(data, host, ids):
                if len(found) < _MOST_CAMERAS:
                    found.setdefault(camera.endpoint or camera.host, camera)
    return sorted(found.values(), key=lambda camera: (camera.host, camera.endpoint))


def cameras_in(data: bytes, host: str, asked: Sequence[str]) -> list[Camera]:
    """Returns the devices of one answer; none where it answers nothing of ours.

    Args:
        data: A UDP packet.
        host: Where it came from.
        asked: The message ids of our probes.
    """
    try:
        root = read(data)
    except SourceError:
        return []
    if text_of(root, "RelatesTo").removeprefix("urn:") not in asked:
        return []
    return [_camera(match, host) for match in root.iterfind(".//{*}ProbeMatch")]


def _camera(match: Element, host: str) -> Camera:
    return Camera(
        endpoint=text_of(match, "Address"),
        host=host,
        services=tuple(text_of(match, "XAddrs").split()),
        scopes=tuple(text_of(match, "Scopes").split()),
    )


def _probe(message_id: str, types: str) -> bytes:
    action = "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe"
    header = (
        f"<w:MessageID>{message_id}</w:MessageID>"
        '<w:To e:mustUnderstand="true">'
        "urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>"
        f'<w:Action e:mustUnderstand="true">{action}</w:Action>'
    )
    body = f"<d:Probe><d:Types>{types}</d:Types></d:Probe>"
    return envelope(body, header=header, names=_SPACES)


def _link(address: str) -> socket.socket:
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        link.bind((address, 0))
        way = socket.inet_aton(address)
        link.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, way)
        link.setblocking(False)
    except OSError as error:
        link.close()
        raise SourceError(f"{address}: {error.strerror}") from None
    return link


def _send(
    links: Sequence[socket.socket],
    probes: Sequence[bytes],
    target: tuple[str, int],
    addresses: Sequence[str],
) -> None:
    sent, why = 0, "this machine has no network"
    for link in links:
        for probe in probes:
            try:
                link.sendto(probe, target)
                sent += 1
            except OSError as error:
                why = str(error.strerror)
    if not sent:
        raise SourceError(f"no probe left {', '.join(addresses) or 'here'}: {why}")


def _answers(
    links: Sequence[socket.socket],
    seconds: float,
    probes: Sequence[bytes],
    target: tuple[str, int],
) -> Iterator[tuple[bytes, str]]:
    """Yields what comes and from where; sends the probes once more meanwhile."""
    begun, again = time.monotonic(), False
    with DefaultSelector() as selector:
        for link in links:
            selector.register(link, EVENT_READ)
        while (past := time.monotonic() - begun) < seconds:
            if not again and past >= _AGAIN_SECONDS:
                again = True
                for link in links:
                    for probe in probes:
                        with suppress(OSError):
                            link.sendto(probe, target)
            until = seconds if again else min(_AGAIN_SECONDS, seconds)
            for key, _ in selector.select(max(until - past, 0)):
                with suppress(OSError):  # an ICMP error of an earlier probe
                    data, sender = key.fileobj.recvfrom(65_535)  # type: ignore[union-attr]  # our sockets
                    yield data, sender[0]
