"""Log lines, for people and for machines."""

import json
import logging

import pytest

from streamer.cli.log import JsonLines, PlainLines

URL = "rtsp://viewer:p@ss/w#o?r:d%@10.0.0.7/live"


@pytest.mark.parametrize("kind", [PlainLines, JsonLines])
def test_no_log_line_holds_a_password(kind: type[logging.Formatter]) -> None:
    error = OSError(f"cannot open '{URL}'")
    trace = (OSError, error, None)
    record = logging.LogRecord(
        "derain.x", logging.ERROR, "f", 1, "opening %s", (URL,), trace
    )

    line = kind().format(record)

    assert "ss/w" not in line
    assert "r:d%" not in line
    assert line.count("viewer:***@10.0.0.7/live") == 2
    assert line.count("\n") == 0
    if kind is JsonLines:
        assert json.loads(line)["level"] == "error"


def test_what_a_line_says_is_in_fields_of_its_json() -> None:
    record = logging.LogRecord(
        "derain.sink",
        logging.WARNING,
        "f",
        1,
        "sink=%s away=%r viewers=%d",
        ("rtsp://u:geheim@h/x?channel=1", "Connection refused", 3),
        None,
    )

    event = json.loads(JsonLines().format(record))

    assert event["sink"] == "rtsp://u:***@h/x?channel=1"
    assert event["away"] == "Connection refused"
    assert event["viewers"] == "3"
    assert event["level"] == "warning"
