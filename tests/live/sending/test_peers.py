"""Servers that others wrote: pushed to, read from, killed and brought back."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from sinks.live.opener import open_live_sink
from sources.live.disconnect import Cause
from sources.live.opener import open_live
from sources.live.reconnect import State
from tests.live.conftest import StartPeer
from tests.live.program.test_audio import Run, stopped
from tests.live.program.test_audio import run as run
from tests.support.servers.feeder import Feeder
from tests.support.servers.nginx_rtmp import NginxRtmp
from tests.support.servers.peers import eventually
from tests.support.viewing.reader import Reader

pytestmark = pytest.mark.slow


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[NginxRtmp]:
    server = NginxRtmp(tmp_path)
    yield server
    server.kill()


def test_nginx_takes_a_push_and_gives_it_back_with_its_audio_at_the_first_try(
    start_peer: StartPeer, run: Run, nginx: NginxRtmp
) -> None:
    nginx.start()
    sink = open_live_sink(nginx.url())
    pipeline = run(start_peer("--audio", "aac", "--flash"), sink)
    eventually(lambda: sink.statuses[0].connected)

    with closing(open_live(nginx.url())) as stream:
        assert len(list(islice(stream, 25))) == 25
        assert stream.audio is not None
        assert stream.audio.codec == "aac"
        assert stream.link.reconnects == 0

    stopped(pipeline, sink)


def test_a_push_to_nginx_finds_it_when_it_comes_and_when_it_comes_back(
    nginx: NginxRtmp, feed: type[Feeder]
) -> None:
    sink = open_live_sink(nginx.url())
    feed(sink)
    eventually(lambda: "refused" in sink.statuses[0].error)
    assert not sink.connected
    assert sink.bytes_sent == 0

    nginx.start()
    eventually(lambda: sink.connected and sink.bytes_sent > 0)
    nginx.kill()
    eventually(lambda: not sink.connected)
    sent = sink.bytes_sent
    nginx.start()

    eventually(lambda: sink.connected and sink.bytes_sent > sent)


def test_a_stream_of_nginx_that_nobody_pushes_yet_is_waited_for(
    nginx: NginxRtmp, feed: type[Feeder], read: type[Reader]
) -> None:
    nginx.start()
    reader = read(open_live(nginx.url()))

    feed(open_live_sink(nginx.url()))

    assert len(reader.frames(10)) == 10
    nginx.kill()
    eventually(lambda: reader.was(State.RECONNECTING, Cause.REFUSED))
