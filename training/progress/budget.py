"""The time that a run may take, as a user writes it."""

from training.errors import TrainingError

_UNITS = {"s": 1, "m": 60, "h": 3600}


def seconds_of(text: str) -> float:
    """Returns `90s`, `9m` or `2h` in seconds.

    Raises:
        TrainingError: The text is no time.
    """
    number, unit = text[:-1], text[-1:]
    try:
        return float(number) * _UNITS[unit]
    except (ValueError, KeyError):
        raise TrainingError(
            f"Expected a time such as 90s, 9m or 2h, got {text!r}."
        ) from None
