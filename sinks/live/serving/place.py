"""What a `serve://` address says, and which of them can be on one port."""

import os
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from sinks.errors import SinkError
from sources.address import Address

_ANY = "0.0.0.0"  # noqa: S104 - as the user asks
_SYSTEM_PYTHON = Path("/usr/bin/python3")
_BINDINGS = Path("/usr/lib/python3/dist-packages/gi")
_PACKAGES = "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-bad"


@dataclass(frozen=True, slots=True)
class ServeTls:
    """What a server of ours shows to viewers.

    Raises:
        SinkError: A file is not there.
    """

    certificate: Path
    """PEM."""
    key: Path
    """PEM."""

    def __post_init__(self) -> None:
        for path in (self.certificate, self.key):
            if not path.is_file():
                raise SinkError(f"{path}: there is no such file")


@dataclass(frozen=True, slots=True)
class ServePlace:
    """Where one stream is served, and to whom. `str` shows no password."""

    address: Address
    tls: ServeTls | None = None

    def __post_init__(self) -> None:
        _, _, port = self.address.host.rpartition(":")
        if not port.isdecimal() or not self.path.strip("/"):
            raise SinkError(f"{self}: serve:// wants serve://HOST:PORT/PATH")

    def __str__(self) -> str:
        """The address without its password."""
        return str(self.address)

    @property
    def host(self) -> str:
        """An address of this machine, as a number or a name."""
        host, _, _ = self.address.host.rpartition(":")
        return host.strip("[]") or _ANY

    @property
    def port(self) -> int:
        """Its number."""
        return int(self.address.host.rpartition(":")[2])

    @property
    def path(self) -> str:
        """From the slash on."""
        return self.address.path

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can watch."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def is_any(self) -> bool:
        """Whether it is on all addresses of this machine."""
        return self.host in {_ANY, "::"}

    def near(self) -> Address:
        """Returns the address at which a viewer on this machine finds it."""
        near = {_ANY: "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        host = f"[{near}]" if ":" in near else near
        return Address(
            scheme="rtsps" if self.tls else "rtsp",
            host=f"{host}:{self.port}",
            path=self.path,
            user=self.address.user,
            password=self.address.password,
        )

    def conflict_with(self, other: "ServePlace") -> str:
        """Returns why both cannot be served at once; empty if they can."""
        if self.port != other.port:
            return ""
        port = f"port {self.port}"
        if self.host != other.host:
            both = f"{self.host} and {other.host} are both to have {port}"
            return both if self.is_any or other.is_any else ""
        if self.path.strip("/") == other.path.strip("/"):
            return f"both are to be {self.path} on {port}"
        if self.tls != other.tls:
            return f"{port} has one certificate, for all of its streams"
        mine, others = self.address, other.address
        if bool(mine.user) != bool(others.user):
            return f"on {port} all streams ask for a login or none does"
        if mine.user == others.user and mine.password != others.password:
            return f"on {port} {mine.user!r} has two passwords"
        return ""


def check_gstreamer() -> Path:
    """Returns the Python that GStreamer's bindings belong to.

    Raises:
        SinkError: They are not installed.
    """
    if not _BINDINGS.is_dir() or not os.access(_SYSTEM_PYTHON, os.X_OK):
        raise SinkError(
            f"serve:// needs GStreamer: apt-get install --no-install-recommends "
            f"{_PACKAGES}"
        )
    return _SYSTEM_PYTHON


def check_port(place: ServePlace) -> None:
    """Tries whether a server could listen there.

    Raises:
        SinkError: The port is taken, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((place.host, place.port))
        except OSError as error:
            raise SinkError(f"{place}: {error.strerror}") from None
