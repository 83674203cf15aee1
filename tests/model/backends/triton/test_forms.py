"""The forms in which the kernels can run a network, and the cards for each."""

import pytest

from model.backends.triton.forms import DEFAULT, FORMS, Form, forms_for


def test_where_nobody_measured_the_plain_form_is_taken() -> None:
    assert FORMS[DEFAULT] == Form(order="modules", boxed=False)
    assert next(iter(FORMS)) == DEFAULT


@pytest.mark.parametrize(
    ("capability", "boxed"), [((8, 0), False), ((8, 9), False), ((9, 0), True)]
)
def test_windows_by_the_copy_engine_are_for_hopper_and_later(
    capability: tuple[int, int], boxed: bool
) -> None:
    names = forms_for(capability)

    assert DEFAULT in names
    assert any(FORMS[name].boxed for name in names) is boxed


def test_an_older_card_runs_none() -> None:
    assert forms_for((7, 5)) == ()
