"""Media files are opened by their paths, whatever those look like."""

from contextlib import closing
from pathlib import Path

import pytest
from av.error import InvalidDataError

from sources.container.media import open_media, open_path
from tests.conftest import MakeClip


@pytest.mark.parametrize("name", ["12:30.mp4", "file:a.mp4", "-i.mp4", "50%.mp4"])
def test_a_name_that_looks_like_something_else_is_a_file(
    make_clip: MakeClip, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(make_clip(name, frames=1).parent)

    with closing(open_media(Path(name))) as container:
        assert container.streams.video[0].codec_context.width == 64


def test_a_file_that_is_not_there_and_one_of_other_bytes_are_errors(
    tmp_path: Path,
) -> None:
    (tmp_path / "notes.mp4").write_text("no film")

    with pytest.raises(FileNotFoundError):
        open_path(tmp_path / "missing.mp4")
    with pytest.raises(InvalidDataError):
        open_path(tmp_path / "notes.mp4")


def test_tags_that_are_no_utf_8_are_read_and_kept(make_clip: MakeClip) -> None:
    path = make_clip("in.mkv", frames=1, title="abcdef")
    path.write_bytes(path.read_bytes().replace(b"abcdef", b"abc\xfcef"))

    with closing(open_path(path)) as container:
        assert container.metadata["title"] == "abc\udcfcef"
