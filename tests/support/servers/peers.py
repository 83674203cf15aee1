"""Real servers on loopback that can be killed, frozen and brought back."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from threading import Condition, Thread

from tests.support.patience import PATIENCE_SECONDS as PATIENCE_SECONDS
from tests.support.patience import eventually as eventually

SYSTEM_PYTHON = "/usr/bin/python3"
HERE = Path(__file__).parent
PACKAGES = (
    "gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad "
    "gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-rtsp "
    "gir1.2-gst-rtsp-server-1.0 gir1.2-gst-plugins-base-1.0 python3-gi "
    "python3-gst-1.0 glib-networking chromium mosquitto "
    "prometheus nginx libnginx-mod-rtmp"
)
INSTALL = f"apt-get install -y --no-install-recommends {PACKAGES}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def viewer_that_stops_reading(url: str, kind: str) -> Iterator[None]:
    """A viewer who has seen the first of a `kind` of stream, and then is frozen."""
    code = (
        "import av, sys, time\n"
        f"c = av.open({url!r}, options={{'rtsp_transport': 'tcp'}})\n"
        f"next(c.decode({kind}=0)); print('on', flush=True); time.sleep(600)"
    )
    lazy = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert lazy.stdout is not None
        assert lazy.stdout.readline() == b"on\n"
        lazy.send_signal(signal.SIGSTOP)
        yield
    finally:
        lazy.kill()
        lazy.communicate(timeout=PATIENCE_SECONDS)


def missing() -> str:
    """Returns what to do about GStreamer where it is absent; empty if it is there."""
    code = (
        "import gi; gi.require_version('GstRtspServer', '1.0');"
        "from gi.repository import Gst, GstRtspServer; Gst.init(None);"
        "assert all(map(Gst.ElementFactory.find, ('x264enc', 'avenc_aac')))"
    )
    what_helps = f"these tests need GStreamer and Chromium: {INSTALL}"
    if not Path(SYSTEM_PYTHON).exists() or not which("chromium"):
        return what_helps
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", code],
        capture_output=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    there = done.returncode == 0 and all(map(which, ("promtool", "nginx")))
    return "" if there else what_helps


class RtspPeer:
    """`rtsp_peer.py` as a child: a camera at `/camera`, a recorder at `/record`."""

    def __init__(self, *options: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self.options = options
        self.pictures = 0
        """How many pictures were pushed to it since its last start."""
        self._changed = Condition()
        self._process: subprocess.Popen[str] | None = None

    def start(self, *options: str) -> "RtspPeer":
        """Starts it, or starts it again on the same port."""
        self.kill()
        self.pictures = 0
        script = str(HERE / "rtsp_peer.py")
        process = subprocess.Popen(
            [
                SYSTEM_PYTHON,
                script,
                *("--port", str(self.port)),
                *(options or self.options),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._process = process
        up: list[bool] = []
        Thread(target=self._listen, args=(process, up), daemon=True).start()
        eventually(lambda: bool(up), what="peer is up")
        return self

    def _listen(self, process: subprocess.Popen[str], up: list[bool]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                if line == "up\n":
                    up.append(True)
                elif line.startswith("got "):
                    self.pictures = int(line[4:])

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, kind: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(kind)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(timeout=PATIENCE_SECONDS)
            self._process = None

    def url(self, path: str = "/camera", login: str = "", scheme: str = "rtsp") -> str:
        at = f"{login}@" if login else ""
        return f"{scheme}://{at}127.0.0.1:{self.port}{path}"


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Makes a certificate for 127.0.0.1 that signs itself; returns it and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-keyout", str(key), "-out", str(certificate), "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
    )
    return certificate, key


@contextmanager
def peers() -> Iterator[Callable[..., RtspPeer]]:
    """Gives what starts peers, with their options; ends all of them."""
    started = []

    def start(*options: str) -> RtspPeer:
        peer = RtspPeer(*options)
        started.append(peer)
        return peer.start()

    try:
        yield start
    finally:
        for peer in started:
            peer.kill()
