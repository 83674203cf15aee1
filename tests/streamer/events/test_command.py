import json
import sys
from pathlib import Path

import pytest

from streamer.errors import StreamerError
from streamer.events.command import Command
from streamer.events.event import DeliveryError
from tests.support.happenings import RAIN


def test_a_command_gets_the_event_on_stdin_and_in_its_environment(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out.json"
    code = (
        "import json, os, sys; event = json.load(sys.stdin);"
        "event['kind too'] = os.environ['DERAIN_EVENT'];"
        "json.dump(event, open(sys.argv[1], 'w'))"
    )
    script = tmp_path / "tell.py"
    script.write_text(code, encoding="utf-8")

    Command(f"'{sys.executable}' '{script}' '{out}'").deliver(RAIN)

    assert json.loads(out.read_text()) == {
        "kind": "rain_begins",
        "kind too": "rain_begins",
        "stream": "gate",
        "text": "gate: rain",
        "time": "2026-11-18T11:06:40.500+00:00",
    }


def test_a_command_that_fails_is_not_delivered() -> None:
    with pytest.raises(DeliveryError, match="status 3"):
        Command(f"{sys.executable} -c 'raise SystemExit(3)'").deliver(RAIN)
    with pytest.raises(DeliveryError, match="no-such-program"):
        Command("/no-such-program").deliver(RAIN)


@pytest.mark.parametrize("text", ["", "tell 'half"])
def test_a_command_that_cannot_be_split_is_refused(text: str) -> None:
    with pytest.raises(StreamerError, match="--on-event"):
        Command(text)
