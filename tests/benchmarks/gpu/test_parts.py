import pytest

from benchmarks.gpu.parts import PARTS, SPARE_S, WHOLE_S, part_named
from tests.conftest import PROJECT


def test_the_limits_of_the_parts_add_up_to_less_than_their_phase() -> None:
    for phase, whole_s in WHOLE_S.items():
        limits = [part.limit_s for part in PARTS[phase].values()]
        assert sum(limits) < whole_s
        assert min(limits) > 2 * SPARE_S

    assert sum(WHOLE_S.values()) < 300


def test_a_part_is_found_in_any_phase_and_its_module_is_there() -> None:
    for phase in PARTS.values():
        for name, part in phase.items():
            assert part_named(name) is part
            path = PROJECT / "benchmarks" / "gpu" / part.module.replace(".", "/")
            assert f"def {name}(" in path.with_suffix(".py").read_text()


def test_a_part_that_there_is_not_is_told_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"Expected a part of machine, .*got 'x'"):
        part_named("x")
