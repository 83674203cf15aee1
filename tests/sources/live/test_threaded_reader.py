"""A connection that hangs is given up, and none is sent after it."""

from collections.abc import Callable, Iterator
from threading import Event

import av
import pytest

from sources.frame import StreamInfo
from sources.live.disconnect import Cause, DisconnectedError
from sources.live.threaded_reader import ThreadedConnection, ThreadedConnector
from tests.support.media.gpu_camera import INFO, a_picture
from tests.support.patience import PATIENCE_SECONDS

AT_ONCE = 0.01
"""How long something is waited for that hangs until the test lets it go."""
Plan = Callable[[], Iterator[av.VideoFrame | None]]


class Camera:
    """A connection that does what was planned, and says that it was closed."""

    def __init__(self, plan: Plan) -> None:
        self.closed = Event()
        self._plan = plan

    @property
    def info(self) -> StreamInfo:
        return INFO

    def pictures(self) -> Iterator[av.VideoFrame | None]:
        return self._plan()

    def close(self) -> None:
        self.closed.set()


def test_pictures_come_in_order_and_then_the_end() -> None:
    pictures = [a_picture(), None, a_picture()]
    camera = Camera(lambda: iter(pictures))
    connection = ThreadedConnector("camera:0", lambda: camera)()

    came = list(connection.pictures())

    assert came == pictures
    assert connection.info == INFO
    assert camera.closed.wait(PATIENCE_SECONDS)
    connection.close()
    connection.close()
    assert not connection.hangs


def test_an_error_of_opening_is_raised_where_it_is_opened() -> None:
    def refuse() -> Camera:
        raise DisconnectedError(Cause.NOT_FOUND)

    with pytest.raises(DisconnectedError) as caught:
        ThreadedConnector("camera:0", refuse)()

    assert caught.value.cause is Cause.NOT_FOUND


def test_an_error_of_reading_is_raised_behind_the_pictures_before_it() -> None:
    def plan() -> Iterator[av.VideoFrame | None]:
        yield None
        raise DisconnectedError(Cause.ENDED)

    came: list[av.VideoFrame | None] = []
    connection = ThreadedConnector("camera:0", lambda: Camera(plan))()
    with pytest.raises(DisconnectedError) as caught:
        came.extend(connection.pictures())
    connection.close()

    assert caught.value.cause is Cause.ENDED


def test_none_is_opened_after_one_that_hangs_until_that_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    goes_on = Event()
    opened = []

    def hang() -> Camera:
        opened.append(1)
        goes_on.wait(PATIENCE_SECONDS)
        return Camera(lambda: iter(()))

    connector = ThreadedConnector("camera:0", hang, start_seconds=AT_ONCE)
    for _ in range(2):
        with pytest.raises(DisconnectedError, match="its driver hangs") as caught:
            connector()
        assert caught.value.cause is Cause.STALLED
    assert len(opened) == 1
    assert "camera:0 hangs" in caplog.text

    goes_on.set()
    assert connector._last is not None
    connector._last._thread.join(PATIENCE_SECONDS)
    connector._patience = PATIENCE_SECONDS
    connector().close()

    assert len(opened) == 2


def test_a_camera_that_goes_silent_has_stalled() -> None:
    goes_on = Event()

    def plan() -> Iterator[av.VideoFrame | None]:
        goes_on.wait(PATIENCE_SECONDS)
        yield a_picture()

    connection = ThreadedConnector("camera:0", lambda: Camera(plan))()
    connection._patience = AT_ONCE
    with pytest.raises(DisconnectedError) as caught:
        next(connection.pictures())
    goes_on.set()
    connection.close()

    assert caught.value.cause is Cause.STALLED


def test_a_reader_that_leaves_ends_the_thread_and_closes_the_camera() -> None:
    def plan() -> Iterator[av.VideoFrame | None]:
        while True:
            yield None

    camera = Camera(plan)
    connection = ThreadedConnector("camera:0", lambda: camera)()
    next(connection.pictures())

    connection.close()

    assert camera.closed.wait(PATIENCE_SECONDS)


def test_nothing_is_known_of_a_connection_that_is_not_open() -> None:
    connection = ThreadedConnection("camera:0", lambda: Camera(lambda: iter(())), 1)

    with pytest.raises(DisconnectedError):
        _ = connection.info
