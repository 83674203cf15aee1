"""Faults of a live stream are named by what a person can do about them."""

import errno
import os

import pytest
from av.error import (
    ConnectionRefusedError,
    ExitError,
    FFmpegError,
    HTTPForbiddenError,
    HTTPNotFoundError,
    HTTPServerError,
    HTTPUnauthorizedError,
    InvalidDataError,
    OSError,
)

from sources.live.disconnect import ADVICE, Cause, while_opening, while_reading
from sources.live.network.pace import Pace

SECRET = "rtsp://viewer:geheim@10.0.0.7/live"  # noqa: S105 - of nothing


def error(kind: type[FFmpegError], number: int = 1) -> FFmpegError:
    made: FFmpegError = kind(number, os.strerror(number), SECRET)
    return made


@pytest.mark.parametrize(
    ("raised", "cause"),
    [
        (error(HTTPUnauthorizedError), Cause.PASSWORD),
        (error(HTTPForbiddenError), Cause.PASSWORD),
        (error(HTTPNotFoundError), Cause.NOT_FOUND),
        (error(ConnectionRefusedError, errno.ECONNREFUSED), Cause.REFUSED),
        (error(OSError, errno.EHOSTUNREACH), Cause.NO_ROUTE),
        (error(OSError, errno.ENETUNREACH), Cause.NO_ROUTE),
        (error(OSError, errno.EIO), Cause.UNKNOWN_HOST),
        (error(HTTPServerError), Cause.UNAVAILABLE),
        (error(OSError, errno.EPROTONOSUPPORT), Cause.TRANSPORT),
        (error(ExitError), Cause.NO_ANSWER),
    ],
)
def test_a_stream_that_does_not_open_says_why(
    raised: FFmpegError, cause: Cause
) -> None:
    reason = while_opening(raised, secure=False, waited=False)

    assert reason.cause is cause
    assert ADVICE[cause] in str(reason)
    assert "geheim" not in str(reason)


def test_invalid_data_after_the_full_wait_is_no_answer() -> None:
    raised = error(InvalidDataError)

    assert while_opening(raised, secure=False, waited=True).cause is Cause.NO_ANSWER
    assert while_opening(raised, secure=False, waited=False).cause is Cause.FAULT


def test_an_error_of_input_under_tls_is_one_of_tls() -> None:
    raised = error(OSError, errno.EIO)

    assert while_opening(raised, secure=True, waited=False).cause is Cause.TLS


@pytest.mark.parametrize(
    ("raised", "cause"),
    [
        (error(ExitError), Cause.STALLED),
        (error(OSError, errno.ECONNRESET), Cause.ENDED),
        (error(OSError, errno.ETIMEDOUT), Cause.NO_ANSWER),
        (error(InvalidDataError), Cause.FAULT),
    ],
)
def test_a_stream_that_breaks_off_says_why(raised: FFmpegError, cause: Cause) -> None:
    reason = while_reading(raised)

    assert reason.cause is cause
    assert "geheim" not in str(reason)


def test_every_cause_has_an_advice() -> None:
    assert set(ADVICE) == set(Cause)


def test_pictures_that_come_at_once_are_spread_over_their_time() -> None:
    now = 100.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    pace = Pace(lambda: now, sleep)
    shown = []
    for time in (5.0, 5.04, 5.08, 9.08, 2.0, 2.04):  # the last two: it began again
        pace.wait_for(time)
        shown.append(round(now - 100, 2))

    assert shown == [0.0, 0.04, 0.08, 4.08, 4.08, 4.12]
