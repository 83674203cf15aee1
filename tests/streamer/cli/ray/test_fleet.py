"""What `derain fleet` refuses before it looks for a cluster, and what it hands on."""

from dataclasses import replace
from pathlib import Path

import pytest

from streamer.cli.ray.fleet import check_for_ray, fleet, for_nodes
from streamer.errors import StreamerError
from streamer.live.fleet.settings import StreamSettings, streams_in
from streamer.settings import DEFAULTS


def streams(path: Path, source: str, head: str = "") -> list[StreamSettings]:
    path.write_text(
        f'{head}\n[[stream]]\nname = "gate"\nsource = "{source}"\nsink = "null:"\n'
    )
    return streams_in(path, DEFAULTS, {})


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://viewer:rain@10.0.0.7/live",
        "rtsp://10.0.0.7/live?token=abc&x=${NAME}",
        "rtsp://${USER}:rain@10.0.0.7/live",
        "gst:rtspsrc location=rtsp://viewer:rain@10.0.0.7/live ! appsink",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_shown(
    tmp_path: Path, source: str
) -> None:
    with pytest.raises(StreamerError, match="source holds a password") as found:
        check_for_ray(streams(tmp_path / "c.toml", source))

    assert "rain" not in str(found.value)
    assert "abc" not in str(found.value)


@pytest.mark.parametrize(
    "source",
    ["rtsp://10.0.0.7/live", "rtsp://viewer:${NAME}@10.0.0.7/live?token=${TOKEN}"],
)
def test_a_password_by_its_name_travels_as_that_name(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAME", "rain")
    found = streams(tmp_path / "c.toml", source)

    check_for_ray(found)

    assert for_nodes(found)[0].source == source


def test_pages_are_refused_and_who_is_told_of_events_stays_here(
    tmp_path: Path,
) -> None:
    with pytest.raises(StreamerError, match="page shows pictures, which do not"):
        check_for_ray(streams(tmp_path / "c.toml", "rtsp://c/x", 'page = ":80"'))

    told = 'webhook = "https://secret/"\nmetrics = "127.0.0.1:9100"\nrate = 10'
    [sent] = for_nodes(streams(tmp_path / "c.toml", "rtsp://c/x", told))

    assert "secret" not in repr(sent)
    assert (sent.run.live.metrics, sent.run.live.rate) == (None, 10)


def test_what_a_node_opens_has_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    head = 'record = "rec/%H.mp4"\nserve_cert = "${CERTS}/a.pem"\nrate = 10'
    [stream] = streams(tmp_path / "c.toml", "rtsp://c/x", head)

    [sent] = for_nodes([replace(stream, sink="hls/index.m3u8")])
    [push] = for_nodes([replace(stream, sink="rtsp://server/clean")])

    assert sent.sink == f"{tmp_path}/hls/index.m3u8"
    assert sent.run.live.record == f"{tmp_path}/rec/%H.mp4"
    assert sent.run.live.serve_cert == "${CERTS}/a.pem"
    assert (push.sink, push.run.live.serve_key) == ("rtsp://server/clean", None)


def test_a_file_without_streams_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("rate = 10\n")

    with pytest.raises(StreamerError, match=r"no \[\[stream\]\] table is in it"):
        fleet(path, ray="local")
