import numpy as np

from evaluation.methods.method import InputBaseline


def test_the_input_is_the_row_that_changes_nothing() -> None:
    method, picture = InputBaseline(), np.full((2, 2, 3), 7, np.uint8)

    assert method(picture, "1") is picture
    assert method.stream("1").push(picture)[0] is picture
    assert (method.name, method.key, method.facts) == ("input", "input", {})
    method.release()
