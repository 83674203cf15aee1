"""What is wrong with an output, in a few words."""

from sinks.live.output import OutputStatus


def test_an_output_that_works_has_no_problem() -> None:
    status = OutputStatus(name="x", kind="push", connected=True, error="older")

    assert status.problem == ""


def test_one_that_does_not_says_which_and_why() -> None:
    away = OutputStatus(name="x", kind="serve", connected=False)
    full = OutputStatus(name="x", kind="record", connected=False, error="disk full")

    assert away.problem == "output away (not connected yet)"
    assert full.problem == "recording failed (disk full)"
