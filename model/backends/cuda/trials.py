"""Whether cuDNN's trials pay for a size of picture: found out once, kept on disk.

PyTorch has no call that writes down what cuDNN's trials found, nor one that takes it
back. What is kept is how long the network takes with and without them: the first start
at a size tries, the second does not and is measured, and later ones try only where that
is worth it. Without trials it is ready seconds sooner, and with less memory.
"""

from collections.abc import Sequence
from pathlib import Path

from model.backends.cache import changed_values, kept_values

WORTH = 1.03
"""So much longer may the network take without trials before they are done again."""


class ConvolutionTrials:
    """What is known of one network in one precision on one card."""

    def __init__(self, path: Path, key: str) -> None:
        """Reads nothing yet.

        Args:
            path: JSON; what other programs noted there stays.
            key: Changes with card, driver, cuDNN, network and precision.
        """
        self._path, self._key = path, key

    def wanted(self, shape: Sequence[int]) -> bool:
        """Returns whether cuDNN is to try out kernels for inputs of a shape."""
        known = self._times(shape)
        tried, untried = known.get("tried"), known.get("untried")
        if tried is None:
            return True
        return untried is not None and untried > WORTH * tried

    def lacks(self, shape: Sequence[int], *, tried: bool) -> bool:
        """Returns whether it is unknown how long the network takes so."""
        return _word(tried=tried) not in self._times(shape)

    def note(self, shape: Sequence[int], seconds: float, *, tried: bool) -> None:
        """Keeps how long the network took, with trials or without."""
        with changed_values(self._path) as known:
            measured = {**self._times(shape), _word(tried=tried): seconds}
            known[self._entry(shape)] = measured

    def _entry(self, shape: Sequence[int]) -> str:
        return f"{self._key}, {'x'.join(map(str, shape))}"

    def _times(self, shape: Sequence[int]) -> dict[str, float]:
        known = kept_values(self._path).get(self._entry(shape), {})
        return known if isinstance(known, dict) else {}


def _word(*, tried: bool) -> str:
    return "tried" if tried else "untried"
