from pathlib import Path

import pytest

from benchmarks.support.tables.document import show, written

_OLD = "before\n\n| a |\n| --- |\n| 1 |\n"
_MADE = [["| a |", "| --- |", "| 2 |"]]


def test_a_table_takes_the_place_of_the_one_with_its_head() -> None:
    document = "before\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n\nbehind\n"

    new = written(document, [["| a | b |", "| --- | --- |", "| 5 | 6 |"]])

    assert new == "before\n\n| a | b |\n| --- | --- |\n| 5 | 6 |\n\nbehind\n"


def test_a_document_without_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="no table that begins"):
        written("nothing here", [["| a |", "| --- |"]])


def test_tables_are_printed_and_written_only_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "document.md"
    path.write_text(_OLD)

    monkeypatch.setattr("sys.argv", ["tables"])
    show(_MADE, path)

    assert capsys.readouterr().out == "| a |\n| --- |\n| 2 |\n"
    assert path.read_text() == _OLD

    monkeypatch.setattr("sys.argv", ["tables", "--write"])
    show(_MADE, path)

    assert path.read_text() == "before\n\n| a |\n| --- |\n| 2 |\n"
