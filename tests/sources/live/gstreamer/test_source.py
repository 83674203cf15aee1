"""What a GStreamer pipeline must be, and how its words are read."""

import pytest

from sources.errors import SourceError
from sources.live.disconnect import Cause
from sources.live.gstreamer import source
from sources.live.gstreamer.source import open_gst


@pytest.mark.parametrize(
    "pipeline", ["", "videotestsrc ! fakesink", "appsink", "a ! appsink ! b"]
)
def test_a_pipeline_that_does_not_end_in_appsink_is_refused(pipeline: str) -> None:
    with pytest.raises(SourceError, match="ends in ! appsink"):
        open_gst(f"gst:{pipeline}")


def test_where_gstreamer_is_missing_its_packages_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(source, "_BINDINGS", tmp_path_factory.mktemp("a") / "gi")

    with pytest.raises(SourceError, match=r"apt-get install .*python3-gst-1\.0"):
        open_gst("gst:videotestsrc ! appsink")


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("wrong password", Cause.PASSWORD),
        ("not found", Cause.NOT_FOUND),
        ("ended", Cause.ENDED),
        ("pipeline", Cause.PIPELINE),
        ("of no meaning", Cause.FAULT),
    ],
)
def test_why_a_pipeline_ended_is_one_of_the_causes(said: str, cause: Cause) -> None:
    error = source._reason({"cause": said, "text": "why"})

    assert error.cause is cause


def test_what_a_pipeline_says_is_one_line_without_a_password() -> None:
    error = source._reason(
        {"cause": "error", "text": "rtsp://me:secret@host/x\n  failed"}
    )

    assert "secret" not in error.detail
    assert error.detail.endswith("@host/x failed")


@pytest.mark.parametrize(("width", "bytes_"), [(160, 160), (161, 164), (1, 4)])
def test_rows_are_multiples_of_four_bytes(width: int, bytes_: int) -> None:
    assert source._stride(width) == bytes_
