"""The ports that a process serves on: streams of one port share it and its child."""

from itertools import count
from pathlib import Path
from threading import Lock

from sinks.errors import SinkError
from sinks.live.serving.place import ServePlace, check_gstreamer, check_port
from sinks.live.serving.port import ServedPort
from sinks.live.worker import rtsp_server


class ServedPorts:
    """Which place belongs to which stream; for any thread."""

    def __init__(self) -> None:
        """No port is open."""
        self._lock = Lock()
        self._places: dict[int, ServePlace] = {}
        self._ports: dict[tuple[str, int], ServedPort] = {}
        self._numbers = count()

    def claim(self, place: ServePlace) -> tuple[int, ServedPort]:
        """Reserves a place; returns a number for its stream, and the port.

        Raises:
            SinkError: GStreamer is missing, the port is taken, or the place does not
                go with another stream's.
        """
        python = check_gstreamer()
        with self._lock:
            for other in self._places.values():
                if why := place.conflict_with(other):
                    raise SinkError(f"{place} and {other}: {why}")
            at = place.host, place.port
            if at not in self._ports:
                check_port(place)
                script = Path(rtsp_server.__path__[0]) / "program.py"
                command = [str(python), "-I", str(script)]
                self._ports[at] = ServedPort(place, command)
            number = next(self._numbers)
            self._places[number] = place
            return number, self._ports[at]

    def release(self, number: int) -> None:
        """Ends a stream; its viewers go, and with the last stream the child."""
        with self._lock:
            place = self._places.pop(number, None)
            if place is None:
                return
            at = place.host, place.port
            port = self._ports[at]
            port.shut(number)
            if at not in {(other.host, other.port) for other in self._places.values()}:
                del self._ports[at]
                port.child.close()
