"""The output of `serve://`: one stream, which viewers fetch from a port of ours."""

from dataclasses import replace

from sinks.live.output import OutputStatus
from sinks.live.serving.place import ServePlace
from sinks.live.serving.ports import ServedPorts
from sinks.live.worker.child import Child
from sinks.live.worker.fed_output import FedOutput
from sinks.live.worker.rtsp_client.view_check import ViewCheck
from sinks.packets import TIME_BASE, Encoded
from sources.audio import Audio


class ServedStream(FedOutput):
    """An output with a place of its own on a port."""

    def __init__(
        self, place: ServePlace, ports: ServedPorts, check: ViewCheck | None = None
    ) -> None:
        """Reserves the place; nobody can watch yet.

        Args:
            place: Where it is served.
            ports: Those of the process.
            check: Looks at what is served, as a viewer would.

        Raises:
            SinkError: It cannot be served there.
        """
        self._number, self._port = ports.claim(place)
        super().__init__(str(place), "serve", self._port.new_feed())
        self._place, self._ports, self.check = place, ports, check
        self._started = False
        self._early: tuple[int, int] | None = None
        """Time of the last picture from before the source's, and when it was sent."""
        self._shift: int | None = None
        """From the source's times to those of what was shown before."""

    @property
    def child(self) -> Child:
        """Who serves, this stream and others."""
        return self._port.child

    @property
    def status(self) -> OutputStatus:
        """How it is doing; for any thread."""
        return OutputStatus(
            name=self.name,
            kind="serve",
            connected=self.connected,
            error=self.error,
            bytes_sent=self._feed.bytes_sent,
            replaced=self.replaced,
            dropped=self._feed.dropped,
            viewers=self._port.viewers(self._number),
        )

    def start(self, audio: Audio | None) -> None:
        """Lets viewers come."""
        self._port.open(self._number, self._place, self._feed, audio)
        if self.check is not None and not self._started:
            self.check.start(lambda: self._feed.key_frames, self._is_blind)
        self._started = True

    def show_before(self, packet: Encoded) -> None:
        """Shows viewers a picture while the source has sent none; never waits."""
        if not self._started:
            self.start(None)
        self._early = packet.pts, self._now_ns()
        self._feed.put(packet)

    def send(self, packet: Encoded) -> None:
        """Hands a packet over; never waits."""
        if self._shift is None:
            self._shift = self._now() - packet.pts if self._early else 0
        self._feed.put(replace(packet, pts=packet.pts + self._shift))

    def _now(self) -> int:
        """Returns this moment on the timeline of the pictures that were shown."""
        pts, at_ns = self._early or (0, self._now_ns())
        passed = (self._now_ns() - at_ns) * TIME_BASE.denominator // 1_000_000_000
        return pts + max(passed, 1)

    def _is_blind(self) -> None:
        self.child.replace("viewers get no picture")

    def close(self) -> None:
        """Sends its viewers away; may be repeated."""
        if self.check is not None:
            self.check.stop()
        self._ports.release(self._number)
