from pathlib import Path

import pytest

from sinks.encoding.options import EncodeOptions
from streamer.errors import StreamerError
from streamer.settings import NetworkOptions, RunSettings, settings_from
from tests.conftest import PROJECT


def test_a_file_changes_only_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text('codec = "hevc"\n')

    settings = settings_from(RunSettings(), path, {})

    assert settings == RunSettings(encode=EncodeOptions(codec="hevc"))


def test_the_command_line_beats_the_file(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("quality = 30\nmax_frames = 5\n")

    settings = settings_from(RunSettings(), path, {"quality": 12, "max_frames": None})

    assert (settings.encode.quality, settings.run.max_frames) == (12, 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("qualty = 3", r"unknown key 'qualty' \(did you mean 'quality'\?\); known: mo"),
        ('quality = "high"', "quality must be a whole number, got 'high'"),
        ("compare = 1", "compare must be true or false, got 1"),
        ("quality = ", "is no valid TOML"),
        ("max_frames = 0", "max_frames must be 1 or more"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.toml"
    path.write_text(text)

    with pytest.raises(StreamerError, match=message):
        settings_from(RunSettings(), path, {})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StreamerError, match=r"none\.toml: No such file"):
        settings_from(RunSettings(), tmp_path / "none.toml", {})


def test_the_example_is_valid() -> None:
    settings_from(RunSettings(), PROJECT / "configs" / "run_file.toml", {})


@pytest.mark.parametrize("wrong", [{"temporal": "both"}, {"gate": "ajar"}])
def test_unknown_words_in_the_settings_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(StreamerError, match="must be one of"):
        NetworkOptions(**wrong)  # type: ignore[arg-type]
