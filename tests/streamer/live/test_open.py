"""What is refused before a network is loaded."""

from pathlib import Path

import pytest

from sinks import SinkError
from sinks.encoding.options import EncodeOptions
from sources import SourceError
from streamer.errors import StreamerError
from streamer.live.open import opened_live
from streamer.settings import LiveOptions
from tests.support.fakes import PassThrough

CAMERA = "rtsp://127.0.0.1:9/x"


def never() -> PassThrough:
    pytest.fail("the network was loaded")


def refused(sink: str, source: str = CAMERA, **options: object) -> None:
    with opened_live(source, sink, network=never, **options):  # type: ignore[arg-type] # a test names them
        pytest.fail("it was opened")


def test_a_recording_beside_a_recording_is_refused(tmp_path: Path) -> None:
    live = LiveOptions(record=f"{tmp_path}/%H.mp4")

    with pytest.raises(SinkError, match=r"a\.mp4 is a recording already"):
        refused(f"{tmp_path}/a.mp4", live=live)


def test_what_viewers_get_is_h264() -> None:
    with pytest.raises(SinkError, match="live sinks send h264, not hevc"):
        refused("rtsp://127.0.0.1:9/out", encode=EncodeOptions(codec="hevc"))


@pytest.mark.parametrize(
    "live", [LiveOptions(serve_cert="c.pem"), LiveOptions(serve_key="k.pem")]
)
def test_a_certificate_and_its_key_go_together(live: LiveOptions) -> None:
    with pytest.raises(StreamerError, match="serve_cert and serve_key go together"):
        refused("serve://127.0.0.1:9/x", live=live)


def test_a_source_that_makes_no_sense_is_named() -> None:
    with pytest.raises(SourceError, match="NOWHERE_SET"):
        refused("null:", source="rtsp://u:${NOWHERE_SET}@h/x")


def test_what_was_opened_is_closed_even_if_the_run_fails() -> None:
    network = PassThrough()

    with (
        pytest.raises(ValueError, match="of the run"),
        opened_live(CAMERA, "null:", network=lambda: network),
    ):
        raise ValueError("of the run")

    assert network.closed
