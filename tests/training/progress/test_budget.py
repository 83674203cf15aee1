import pytest

from training import TrainingError
from training.progress.budget import seconds_of


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("9m", 540), ("2h", 7200)])
def test_a_time_is_read(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "9", "m", "9 days", "soon"])
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(TrainingError, match="Expected a time such as 90s"):
        seconds_of(text)
