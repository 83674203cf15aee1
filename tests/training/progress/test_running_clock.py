from training.progress.running_clock import RunningClock


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_it_runs_with_the_systems_clock() -> None:
    hand = Hand()
    clock = RunningClock(hand)

    hand.seconds += 7
    first = clock()
    hand.seconds += 50

    assert (first, clock()) == (7, 57)


def test_an_hour_in_which_the_process_was_stopped_does_not_count() -> None:
    hand = Hand()
    clock = RunningClock(hand, longest=60)

    hand.seconds += 5
    clock()
    hand.seconds += 3600

    assert clock() == 65
    hand.seconds += 5
    assert clock() == 70


def test_its_thread_ends_with_it() -> None:
    with RunningClock() as clock:
        assert clock._thread.is_alive()

    assert not clock._thread.is_alive()
