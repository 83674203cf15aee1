from pathlib import Path

import pytest

from sinks import SinkError, open_sink
from sinks.encoding.options import EncodeOptions


@pytest.mark.parametrize(
    ("uri", "options", "message"),
    [
        ("out.xyz", {}, r"no video container has this suffix \(.mp4"),
        ("out", {}, "no video container"),
        ("nowhere/out.mp4", {}, "there is no such folder"),
        ("out.webm", {"codec": "h264"}, r"\.webm does not hold 'h264' here"),
        ("out.mp4", {"codec": "h264", "quality": 80}, "quality of h264 is 0 to 51"),
        ("", {}, "no sink was named"),
        (".", {}, r"\. is a folder; \./ fills it with pictures"),
        ("a%s_%d.png", {}, "exactly one field such as %06d"),
        ("ftp://a/b.mp4", {}, "ftp:// is no sink"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_happens(
    uri: str,
    options: dict[str, str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)  # wherever tests run, a folder `out` may lie
    with pytest.raises(SinkError, match=message) as error:
        open_sink(uri, encode=EncodeOptions(**options))  # type: ignore[arg-type] # they are named above

    assert "\n" not in str(error.value)


def test_nothing_is_created_by_opening(tmp_path: Path) -> None:
    open_sink(str(tmp_path / "out.mp4")).close()
    open_sink(f"{tmp_path}/pictures/").close()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_not_written_over_itself(tmp_path: Path) -> None:
    for uri in (f"{tmp_path}/", str(tmp_path / "%06d.png")):
        with pytest.raises(SinkError, match="are the same"):
            open_sink(uri, source=tmp_path)
