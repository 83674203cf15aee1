from dataclasses import dataclass
from typing import Annotated

from sources.settings.options import Option, declared_in, problem_in


@dataclass(frozen=True)
class Asked:
    side: Annotated[int | None, Option("A side.", least=1)] = None
    gate: Annotated[str, Option("A gate.", choices=("auto", "off"))] = "auto"
    plain: int = 3


def test_an_option_is_a_field_that_says_its_help() -> None:
    found = {option.name: option for option in declared_in(Asked)}

    assert list(found) == ["side", "gate"]
    assert found["side"].kind == int | None
    assert found["gate"].default == "auto"
    assert found["gate"].option.help == "A gate."


def test_a_value_out_of_its_range_is_named_with_what_was_expected() -> None:
    assert problem_in(Asked(side=0)) == "side must be 1 or more, got 0"
    assert problem_in(Asked(gate="ajar")) == "gate must be one of auto, off; got 'ajar'"


def test_what_was_not_given_is_in_its_range() -> None:
    assert problem_in(Asked()) == ""
