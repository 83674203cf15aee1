import json

from streamer.events.event import Happening, Kind


def test_an_event_is_one_line_of_json_with_its_time_in_utc() -> None:
    event = Happening(
        kind=Kind.STREAM_LOST,
        stream="gate",
        time=1_795_000_000.25,
        text='gate: "Größe" changed',
    )

    text = event.as_json()

    assert "\n" not in text
    assert "Größe" in text
    assert json.loads(text) == {
        "kind": "stream_lost",
        "stream": "gate",
        "time": "2026-11-18T11:06:40.250+00:00",
        "text": 'gate: "Größe" changed',
    }
