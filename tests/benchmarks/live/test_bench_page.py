import pytest

from benchmarks.live.bench_page import Turn, _arm, _cost


def a_turn(fps: float, p95_ms: float, cpu: float = 1.0) -> Turn:
    return Turn(fps=fps, p95_ms=p95_ms, cpu_cores=cpu)


def test_a_cost_is_of_each_turn_against_the_one_of_its_round() -> None:
    without, having = (
        [a_turn(20, 40), a_turn(10, 80)],
        [a_turn(19, 41), a_turn(9.9, 78)],
    )

    cost = _cost(without, having)

    assert cost["fps_percent"].median == pytest.approx(3.0)
    assert cost["fps_percent"].highest == pytest.approx(5.0)
    assert (cost["p95_ms"].lowest, cost["p95_ms"].highest) == (-2, 1)
    assert cost["cpu_cores"].median == 0


def test_an_arm_is_told_with_its_spread() -> None:
    arm = _arm([a_turn(20, 40, 0.5), a_turn(22, 44, 0.7), a_turn(21, 42, 0.6)])

    assert (arm["fps"].median, arm["p95_ms"].median) == (21, 42)
    assert arm["cpu_cores"].runs == 3
