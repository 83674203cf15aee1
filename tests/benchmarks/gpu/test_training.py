import pytest

from benchmarks.gpu.training import budget_of


def test_training_leaves_time_to_start_and_to_save() -> None:
    assert budget_of(590) == 525
    with pytest.raises(ValueError, match="at least 66 s"):
        budget_of(60)
