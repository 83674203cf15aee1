from pathlib import Path

import pytest
import typer

from streamer.cli.lists import listed, named_folder


def test_a_list_is_parted_at_commas_without_blanks_and_empty_parts() -> None:
    assert listed("a, b ,,c") == ("a", "b", "c")
    assert listed("") == ()


def test_a_folder_has_a_name_and_may_hold_an_equals_sign() -> None:
    assert named_folder("ours=out/a=b") == ("ours", Path("out/a=b"))


@pytest.mark.parametrize("text", ["", "ours", "=out", "ours="])
def test_what_names_no_folder_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=f"NAME=FOLDER, got '{text}'"):
        named_folder(text)
