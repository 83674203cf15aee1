"""Files that name streams."""

from pathlib import Path

import pytest

from streamer.errors import StreamerError
from streamer.live.fleet.settings import streams_in
from streamer.settings import RunSettings
from tests.conftest import PROJECT

ONE = '[[stream]]\nname = "a"\nsource = "rtsp://h/a"\nsink = "null:"\n'
TWO = '[[stream]]\nname = "b"\nsource = "rtsp://h/b"\nsink = "serve://u:p@:1/b"\n'


def streams(tmp_path: Path, text: str, **given: object) -> list[tuple[str, int]]:
    path = tmp_path / "streams.toml"
    path.write_text(text)
    found = streams_in(path, RunSettings(), given)
    return [(stream.name, stream.run.live.max_latency) for stream in found]


@pytest.mark.parametrize("name", ["run_camera.toml", "run_cameras.toml"])
def test_the_files_to_copy_can_be_read(name: str) -> None:
    found = streams_in(PROJECT / "configs" / name, RunSettings(), {})

    assert found[0].name == "gate"
    assert all("${" in stream.source for stream in found)


def test_a_stream_beats_the_common_part_and_the_command_line_beats_that(
    tmp_path: Path,
) -> None:
    text = "max_latency = 300\n" + ONE + ONE.replace('"a"', '"b"') + "max_latency = 50"

    assert streams(tmp_path, text) == [("a", 300), ("b", 50)]
    assert streams(tmp_path, text, max_latency=7) == [("a", 7), ("b", 50)]


def test_streams_of_a_file_wait_for_publishers_unless_it_says_otherwise(
    tmp_path: Path,
) -> None:
    path = tmp_path / "streams.toml"
    path.write_text(ONE + ONE.replace('"a"', '"b"') + "wait = false")

    found = streams_in(path, RunSettings(), {})

    assert [stream.run.connect.wait for stream in found] == [True, False]


def test_a_file_of_settings_alone_names_no_stream(tmp_path: Path) -> None:
    assert streams(tmp_path, "max_latency = 300\n") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE + ONE, "two streams have the name 'a'"),
        (
            (ONE + ONE.replace('"a"', '"b"')).replace("null:", "rtsp://h/x"),
            "two streams write to rtsp://h/x",
        ),
        ('[[stream]]\nname = "a"\nsink = "null:"\n', "needs a source"),
        (ONE + 'model = "mspfn"\n', "model is for all streams together"),
        (ONE + "colour = 3\n", "stream 'a': unknown key 'colour'"),
        (ONE + 'on_loss = "cry"\n', "on_loss must be one of"),
        ('stream = "a"\n', "begin with \\[\\[stream\\]\\]"),
        (ONE.replace("null:", "serve://:1/b") + TWO, "'a' and 'b': both are to be /b"),
        (ONE.replace("null:", "serve://:1/a") + TWO, "ask for a login or none does"),
        (
            ONE.replace("[[stream]]", "[[streams]]"),
            "'streams'; streams are tables that",
        ),
        ("max_latency = 0\n" + ONE, "max_latency must be 1 or more"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(StreamerError, match=said):
        streams(tmp_path, text)
