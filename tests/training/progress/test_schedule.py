import pytest

from training.progress.schedule import Phase, cosine_rate, halving_rate, phase_at


def test_the_rate_halves_every_20000_steps_down_to_its_floor() -> None:
    rates = [
        halving_rate(step, start=2e-4, every=20_000, floor=1e-6)
        for step in (0, 19_999, 20_000, 40_000, 400_000)
    ]

    assert rates == [2e-4, 2e-4, 1e-4, 5e-5, 1e-6]


def test_a_cosine_rises_then_falls_to_its_floor() -> None:
    def rate(progress: float, step: int) -> float:
        return cosine_rate(progress, step, start=1e-3, floor=1e-6, warm_up=10)

    assert rate(0, 0) == pytest.approx(1e-4)
    assert rate(0, 10) == pytest.approx(1e-3)
    assert rate(0.5, 99) == pytest.approx(5e-4, rel=0.01)
    assert rate(1, 99) == pytest.approx(1e-6)


def test_the_phase_is_the_last_that_has_started() -> None:
    phases = (
        Phase(start=0.0, size=64, batch=16),
        Phase(start=0.5, size=96, batch=8),
    )

    assert phase_at(0.49, phases).size == 64
    assert phase_at(0.5, phases).size == 96
