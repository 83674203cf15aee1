"""HLS for browsers: what is in the folder while a run lasts, ends and starts again."""

import re
from pathlib import Path

import av
import pytest

from sinks.errors import SinkError
from sinks.live.hls import Hls
from sinks.live.sink import LiveSink
from tests.sinks.live.test_recorder import INFO, frames, send


def numbers(playlist: str) -> list[int]:
    return [int(found) for found in re.findall(r"index(\d+)\.ts", playlist)]


def test_hls_makes_a_playlist_that_plays(tmp_path: Path) -> None:
    send(Hls(tmp_path / "index.m3u8"), 100)

    playlist = (tmp_path / "index.m3u8").read_text()
    assert playlist.count(".ts") >= 4
    assert "#EXT-X-ENDLIST" in playlist
    assert playlist.count("#EXT-X-PROGRAM-DATE-TIME:") == playlist.count(".ts")
    with av.open(str(tmp_path / "index.m3u8")) as shown:
        assert len(list(shown.decode(video=0))) == 100


def test_hls_keeps_only_the_last_pieces(tmp_path: Path) -> None:
    send(Hls(tmp_path / "index.m3u8"), 400)

    assert 6 <= len(list(tmp_path.glob("*.ts"))) <= 8


def test_pieces_of_a_second_are_possible(tmp_path: Path) -> None:
    send(Hls(tmp_path / "index.m3u8", seconds=1), 100, key_seconds=1)

    playlist = (tmp_path / "index.m3u8").read_text()
    lengths = [float(found) for found in re.findall(r"#EXTINF:([\d.]+)", playlist)]
    assert len(lengths) >= 8
    assert lengths == pytest.approx([1.0] * len(lengths))


def test_a_run_that_starts_again_goes_on_with_numbers_and_says_so(
    tmp_path: Path,
) -> None:
    send(Hls(tmp_path / "index.m3u8"), 100)
    before = numbers((tmp_path / "index.m3u8").read_text())

    send(Hls(tmp_path / "index.m3u8"), 60)

    playlist = (tmp_path / "index.m3u8").read_text()
    now = numbers(playlist)
    assert now == list(range(now[0], now[0] + len(now)))
    assert now[-1] > before[-1]
    assert f"#EXT-X-MEDIA-SEQUENCE:{now[0]}" in playlist
    assert playlist.count("#EXT-X-DISCONTINUITY\n") == 1
    assert playlist.count("#EXT-X-ENDLIST") == 1


def test_pieces_that_a_killed_run_left_and_no_list_names_are_removed(
    tmp_path: Path,
) -> None:
    for name in ("index00007.ts", "index00008.ts.tmp", "holiday.ts"):
        (tmp_path / name).write_bytes(b"x")

    send(Hls(tmp_path / "index.m3u8"), 30)

    left = {path.name for path in tmp_path.iterdir()}
    assert "index00007.ts" not in left
    assert "index00008.ts.tmp" not in left
    assert "holiday.ts" in left


def test_a_piece_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    sink = LiveSink([Hls(tmp_path / "index.m3u8")])
    sink.begin(INFO)

    for frame in frames(35):
        sink.write(frame)
        for piece in tmp_path.glob("*.ts"):
            with av.open(str(piece)) as shown:
                assert len(list(shown.decode(video=0))) == 20
    sink.close()


def test_a_folder_that_vanishes_is_told_and_does_not_end_the_stream(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "web"
    folder.mkdir()
    hls = Hls(folder / "index.m3u8", now=lambda: 0.0)
    sink = LiveSink([hls])
    sink.begin(INFO)
    folder.rmdir()

    for frame in frames(30):
        sink.write(frame)

    assert not hls.status.connected
    assert "No such file" in hls.status.error
    assert hls.status.problem.startswith("output away (")
    sink.close()


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "web").write_bytes(b"a file")

    with pytest.raises(SinkError, match="is no folder"):
        Hls(tmp_path / "web" / "index.m3u8")
