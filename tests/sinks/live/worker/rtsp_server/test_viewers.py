"""Which viewers are cut off, and who is shut out."""

from sinks.live.worker.rtsp_server.viewers import Backlog, Logins


def test_a_viewer_whose_backlog_never_gets_less_is_stuck() -> None:
    backlog = Backlog(seconds=5)

    found = [backlog.stuck({7: 1000 * at}, now=at) for at in range(1, 8)]

    assert found == [[], [], [], [], [], [7], [7]]


def test_a_slow_viewer_who_reads_now_and_then_is_not() -> None:
    backlog = Backlog(seconds=5)

    found = [
        backlog.stuck({7: 900 if at % 3 else 400}, now=float(at)) for at in range(60)
    ]

    assert not any(found)


def test_a_viewer_who_waits_for_nothing_is_not() -> None:
    backlog = Backlog(seconds=5)

    assert not any(backlog.stuck({7: 0}, now=float(at)) for at in range(60))


def test_an_address_is_shut_out_after_wrong_logins_and_not_for_ever() -> None:
    logins = Logins(most=3, seconds=30)
    for at in (0.0, 1.0, 2.0):
        assert not logins.is_shut_out("10.0.0.9", now=at)
        logins.wrong("10.0.0.9", now=at)

    assert logins.is_shut_out("10.0.0.9", now=3)
    assert not logins.is_shut_out("10.0.0.8", now=3)
    assert not logins.is_shut_out("10.0.0.9", now=33)


def test_wrong_logins_that_are_far_apart_shut_nobody_out() -> None:
    logins = Logins(most=3, seconds=30)

    for at in (0.0, 20.0, 40.0, 60.0, 80.0):
        logins.wrong("10.0.0.9", now=at)
        assert not logins.is_shut_out("10.0.0.9", now=at)
