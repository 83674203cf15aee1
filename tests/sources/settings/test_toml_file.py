from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sources.settings.toml_file import TomlError, checked, table_in


@dataclass(frozen=True)
class Phase:
    start: float
    size: int = 8


KINDS = {
    "name": str,
    "side": int | None,
    "rate": float,
    "wide": bool,
    "sets": tuple[str, ...],
    "shares": dict[str, float],
    "phases": tuple[Phase, ...],
}


def test_values_come_in_the_types_of_the_settings() -> None:
    table = {
        "side": 3,
        "rate": 1,
        "sets": ["a", "b"],
        "shares": {"heavy": 1},
        "phases": [{"start": 0}, {"start": 0.5, "size": 4}],
    }

    found = checked(table, KINDS, "my.toml")

    assert found == {
        "side": 3,
        "rate": 1.0,
        "sets": ("a", "b"),
        "shares": {"heavy": 1.0},
        "phases": (Phase(0.0), Phase(0.5, 4)),
    }
    assert type(found["rate"]) is type(found["phases"][0].start) is float


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            {"nmae": "x"},
            "my.toml: unknown key 'nmae' (did you mean 'name'?); known: na",
        ),
        ({"name": 3}, "my.toml: name must be text, got 3"),
        ({"side": True}, "my.toml: side must be a whole number, got True"),
        ({"rate": "fast"}, "my.toml: rate must be a number, got 'fast'"),
        ({"wide": 1}, "my.toml: wide must be true or false, got 1"),
        ({"sets": "a"}, "my.toml: sets must be a list, each entry text, got 'a'"),
        ({"sets": [1]}, "my.toml: sets must be text, got 1"),
        ({"shares": 1}, "shares must be a table of names, each with a number, got 1"),
        ({"phases": [{"size": 1}]}, "a table of start, size, got one without start"),
        ({"phases": [{"start": 0, "end": 1}]}, "unknown key 'end'; known: start, size"),
    ],
)
def test_what_does_not_fit_is_named(table: dict[str, Any], said: str) -> None:
    with pytest.raises(TomlError) as caught:
        checked(table, KINDS, "my.toml")

    assert said in str(caught.value)


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\xa0\xff\x00")

    with pytest.raises(TomlError, match="is no valid TOML"):
        table_in(film)
    with pytest.raises(TomlError, match=r"none\.toml: No such file"):
        table_in(tmp_path / "none.toml")


def test_brackets_without_an_end_are_no_toml(tmp_path: Path) -> None:
    path = tmp_path / "deep.toml"
    path.write_text(f"a = {'[' * 20_000}{']' * 20_000}")

    with pytest.raises(TomlError, match="is no valid TOML"):
        table_in(path)
