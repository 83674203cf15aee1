"""Streams added, changed and removed over real HTTP."""

import json
from typing import Any

import pytest

from streamer.errors import StreamerError
from tests.streamer.page.conftest import Serve, ServedPage, ask

TOKEN = "a-token-of-the-operator"  # noqa: S105 - of these tests
ROOF = {"name": "roof", "source": "rtsp://h/roof", "sink": "null:"}
KNOWN = {"Authorization": f"Bearer {TOKEN}", "Content_Type": "application/json"}


def send(
    page: ServedPage, method: str, path: str, table: Any = None, **headers: str
) -> tuple[int, Any]:
    body = None if table is None else json.dumps(table)
    status, _, told = ask(page, path, method=method, body=body, **{**KNOWN, **headers})
    try:
        return status, json.loads(told)
    except ValueError:
        return status, told.decode()


@pytest.fixture
def page(serve: Serve) -> ServedPage:
    return serve(token=TOKEN, changing=True)


def test_a_stream_is_added_changed_and_removed_and_says_that_it_is_not_kept(
    page: ServedPage,
) -> None:
    assert page.changes is not None
    added = send(page, "POST", "/api/streams", {**ROOF, "max_latency": 70})
    new = page.changes.settings.streams[-1]
    changed = send(page, "PUT", "/api/streams/roof", {**ROOF, "sink": "serve://:1/r"})
    newer = page.changes.settings.streams[-1]
    removed = send(page, "DELETE", "/api/streams/roof")

    assert added == (201, {"added": ["roof"], "kept": False, "note": "not kept"})
    assert (new.name, new.run.live.max_latency) == ("roof", 70)
    assert changed[0] == 200
    assert newer.sink == "serve://:1/r"
    assert removed == (200, {"removed": ["roof"], "kept": False, "note": "not kept"})
    assert [s.name for s in page.changes.settings.streams] == ["gate", "yard"]


@pytest.mark.parametrize(
    ("table", "status", "line"),
    [
        ({**ROOF, "name": "gate"}, 409, "a stream has the name 'gate' already"),
        ({"name": "roof", "sink": "null:"}, 400, "needs a source, as text"),
        ({**ROOF, "source": 5}, 400, "needs a source, as text"),
        (
            {**ROOF, "colour": "red"},
            400,
            "the request: stream 'roof': unknown key 'colour'",
        ),
        ({**ROOF, "max_latency": "fast"}, 400, "max_latency must be a whole number"),
        ({**ROOF, "max_latency": None}, 400, "max_latency must be a whole number"),
        ({**ROOF, "model": "mspfn"}, 400, "model is for all streams together"),
        ({**ROOF, "active": "late"}, 400, "active must be HH:MM-HH:MM, got 'late'"),
        ([ROOF], 400, "must be one JSON object"),
    ],
)
def test_what_the_file_would_refuse_is_refused_in_the_same_line(
    page: ServedPage, table: Any, status: int, line: str
) -> None:
    told = send(page, "POST", "/api/streams", table)

    assert told[0] == status
    assert line in told[1]["error"]
    assert list(page.views) == ["gate", "yard"]


def test_two_streams_with_one_sink_are_refused_without_their_password(
    page: ServedPage,
) -> None:
    sink = "serve://u:secret@127.0.0.1:8554/a"
    send(page, "POST", "/api/streams", {**ROOF, "sink": sink})

    same = send(page, "POST", "/api/streams", {**ROOF, "name": "b", "sink": sink})

    assert same[0] == 400
    assert "both are to be /a on port 8554" in same[1]["error"]
    assert "secret" not in same[1]["error"]


def test_a_name_that_no_stream_has_is_not_found(page: ServedPage) -> None:
    line = "no stream has the name 'roof'; there are gate, yard"

    assert send(page, "PUT", "/api/streams/roof", ROOF) == (404, {"error": line})
    assert send(page, "DELETE", "/api/streams/roof") == (404, {"error": line})


def test_the_last_stream_stays(page: ServedPage) -> None:
    send(page, "DELETE", "/api/streams/gate")

    status, told = send(page, "DELETE", "/api/streams/yard")

    assert status == 400
    assert "'yard' is the last stream" in told["error"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer not the right one"}, 401),
        ({"Authorization": ""}, 401),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_nobody_but_the_operator_changes_anything(
    page: ServedPage, headers: dict[str, str], status: int
) -> None:
    assert send(page, "POST", "/api/streams", ROOF, **headers)[0] == status
    if status != 415:
        assert send(page, "DELETE", "/api/streams/gate", **headers)[0] == status
    assert list(page.views) == ["gate", "yard"]


def test_a_body_that_is_too_long_or_no_json_is_refused(page: ServedPage) -> None:
    long = {**ROOF, "sink": "x" * 20_000}

    assert send(page, "POST", "/api/streams", long)[0] == 413
    broken = ask(page, "/api/streams", method="POST", body="{", **KNOWN)
    assert broken[0] == 400
    assert b"no valid JSON" in broken[2]


def test_a_page_for_looking_only_refuses_all_changes(serve: Serve) -> None:
    page = serve(token=TOKEN)

    for method, path in (
        ("POST", "/api/streams"),
        ("PUT", "/api/streams/gate"),
        ("DELETE", "/api/streams/gate"),
    ):
        status, told = send(page, method, path, ROOF)
        assert status == 403
        assert "start with --allow-changes" in told["error"]


def test_changes_need_a_token_on_this_machine_too(serve: Serve) -> None:
    with pytest.raises(StreamerError, match="--allow-changes needs a token"):
        serve(changing=True)
