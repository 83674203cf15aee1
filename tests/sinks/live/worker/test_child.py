"""A child process is always there again, and says how it is doing."""

import sys
from collections import deque
from collections.abc import Iterator
from threading import Event

import pytest

from sinks.live.worker import child as child_module
from sinks.live.worker.child import Child
from tests.support.patience import eventually

ANSWERS = """
import sys
line = sys.stdin.readline()
print("run", flush=True)
print("up", flush=True)
print("told", line.strip(), flush=True)
for line in sys.stdin:
    if line.strip() == "die":
        sys.exit(1)
    print("done", line.strip(), flush=True)
"""
COMPLAINS = """
import sys
sys.stdin.readline()
print("note a wrong login", flush=True)
print("error no such server", flush=True)
"""


class Script:
    """Says what it is given, and remembers what it hears."""

    def __init__(self) -> None:
        self.parts: deque[bytes] = deque()
        self.greetings = 0
        self.words: list[tuple[str, str]] = []
        self._came = Event()

    def greeting(self) -> bytes:
        self.greetings += 1
        return b"secret\n"

    def next_part(self, seconds: float) -> bytes | None:
        self._came.wait(seconds)
        self._came.clear()
        return self.parts.popleft() if self.parts else None

    def say(self, part: bytes) -> None:
        self.parts.append(part)
        self._came.set()

    def heard(self, word: str, rest: str) -> None:
        self.words.append((word, rest))


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def started(script: Script, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Child]]:
    monkeypatch.setattr(child_module, "_PAUSES", (0.01,))
    children: list[Child] = []
    yield children
    for each in children:
        each.close()


def begun(started: list[Child], script: Script, code: str) -> Child:
    child = Child("x", [sys.executable, "-S", "-c", code], script)
    started.append(child)
    child.start()
    return child


def test_a_child_is_greeted_first_and_answers_each_part(
    started: list[Child], script: Script
) -> None:
    child = begun(started, script, ANSWERS)
    eventually(lambda: child.connected)

    script.say(b"picture\n")
    eventually(lambda: ("done", "picture") in script.words)
    child.close()

    assert script.words[:3] == [("run", ""), ("up", ""), ("told", "secret")]
    assert (child.replaced, child.error) == (0, "")
    assert not child.connected


def test_a_child_that_ended_is_replaced_and_greeted_anew(
    started: list[Child], script: Script
) -> None:
    child = begun(started, script, ANSWERS)
    eventually(lambda: child.connected)

    script.say(b"die\n")
    eventually(lambda: child.replaced == 1 and child.connected)

    assert script.greetings == 2
    assert child.error == ""  # it is over


@pytest.mark.slow  # its last words are waited for
def test_one_that_nobody_wants_any_more_is_replaced(
    started: list[Child], script: Script
) -> None:
    child = begun(started, script, ANSWERS)
    eventually(lambda: child.connected)

    child.replace("viewers get no picture")
    eventually(lambda: child.replaced == 1 and child.connected)


def test_what_a_child_complains_of_is_kept_and_logged(
    started: list[Child], script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    child = begun(started, script, COMPLAINS)

    eventually(lambda: child.error != "" and child.replaced > 0)

    assert child.error == "no such server"
    assert "sink=x a wrong login" in caplog.text
    assert "sink=x away='no such server'" in caplog.text


def test_a_child_that_was_never_started_can_be_closed(script: Script) -> None:
    child = Child("x", [sys.executable], script)

    child.close()
    child.close()

    assert script.greetings == 0
