"""Servers from npm, each in a process of its own: node-media-server (RTMP, RTMPS) and
rtsp-streaming-server (RTSP).

They are installed once, by name, below `out/node/`.
"""

import fcntl
import json
import socket
import subprocess
from contextlib import suppress
from functools import partial
from pathlib import Path
from shutil import which

from tests.conftest import PROJECT
from tests.support.patience import PATIENCE_SECONDS, eventually
from tests.support.servers.peers import free_port

_FOLDER = PROJECT / "out" / "node"
_PACKAGES = {"node-media-server": "4", "rtsp-streaming-server": "2"}
_INSTALL_SECONDS = 300
_MEDIA = (
    "const S = require('node-media-server'); new S(JSON.parse(process.argv[1])).run()"
)
_RTSP = (
    "const S = require('rtsp-streaming-server').default;"
    "new S(JSON.parse(process.argv[1])).start()"
)


def not_installed() -> str:
    """Installs them; returns why they cannot be had, or nothing."""
    if not which("npm") or not which("node"):
        return "node and npm are not installed"
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if all((_FOLDER / "node_modules" / name).is_dir() for name in _PACKAGES):
            return ""
        wanted = [f"{name}@{version}" for name, version in _PACKAGES.items()]
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(
            [*command, "--prefix", str(_FOLDER), *wanted],
            capture_output=True,
            text=True,
            check=False,
            timeout=_INSTALL_SECONDS,
        )
    return f"npm: {done.stderr.strip()[-300:]}" if done.returncode else ""


class NodeServer:
    """One of them, listening on two ports."""

    def __init__(self, script: str, settings: dict[str, object], *ports: int) -> None:
        self._process = subprocess.Popen(
            [which("node") or "node", "-e", script, json.dumps(settings)],
            cwd=_FOLDER,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.ports = ports
        for port in ports:
            eventually(partial(_listens, port), what=f"{port} is open")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)


def media_server(folder: Path, certificate: Path, key: Path) -> NodeServer:
    """Starts node-media-server; its ports are those of RTMP and RTMPS."""
    ports = free_port(), free_port()
    settings: dict[str, object] = {
        "bind": "127.0.0.1",
        "store": {"path": str(folder / "data")},
        "rtmp": {"port": ports[0]},
        "rtmps": {"port": ports[1], "key": str(key), "cert": str(certificate)},
    }
    return NodeServer(_MEDIA, settings, *ports)


def rtsp_server() -> NodeServer:
    """Starts rtsp-streaming-server; it is pushed to on one port, read on the other."""
    ports = free_port(), free_port()
    settings: dict[str, object] = {
        "serverPort": ports[0],
        "clientPort": ports[1],
        "rtpPortStart": 20_000 + ports[0] % 20_000 * 2,
        "rtpPortCount": 100,
    }
    return NodeServer(_RTSP, settings, *ports)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
        return True
    return False
