"""A live stream read as a run reads it, and what a test asks of it."""

from itertools import islice
from queue import Empty, Queue
from threading import Thread

from sources.connect import ConnectOptions
from sources.frame import Frame
from sources.live.disconnect import Cause
from sources.live.opener import open_live
from sources.live.reconnect import State, Status
from sources.live.stream import LiveStream
from tests.support.servers.peers import PATIENCE_SECONDS


class Reader:
    """Reads a stream on a thread of its own, as a run does."""

    def __init__(self, stream: LiveStream) -> None:
        self.stream = stream
        self.states: list[Status] = []
        stream.on_change = self.states.append
        self._frames: Queue[Frame] = Queue()
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for frame in self.stream:
            self._frames.put(frame)

    def frames(self, count: int) -> list[Frame]:
        return [self._frames.get(timeout=PATIENCE_SECONDS) for _ in range(count)]

    def drain(self) -> list[Frame]:
        """Returns what has come; nothing may be left of a time before an error."""
        came = []
        try:
            while True:
                came.append(self._frames.get_nowait())
        except Empty:
            return came

    def was(self, state: State, cause: Cause | None = None) -> bool:
        return any((s.state, s.cause) == (state, cause) for s in self.states)

    def close(self) -> None:
        self.stream.close()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()


def first_frames(url: str, count: int = 5, **options: object) -> list[Frame]:
    stream = open_live(url, ConnectOptions(**options))  # type: ignore[arg-type] # a test names them
    frames = list(islice(stream, count))
    stream.close()
    return frames
