"""What the child that pushes is told, and what its answers mean."""

import io
import json

from sinks.live.worker.push_output import PushOutput
from sinks.packets import Encoded, from_wire
from sources.audio import Audio

AUDIO = Audio(codec="aac", rate=48_000, layout="stereo", config="1190")
KEY = Encoded(b"picture", 3600, key=True)


def output(container: str = "rtsp") -> PushOutput:
    settings = {"address": "rtsp://me:secret@server/x"}
    return PushOutput("rtsp://server/x", ["none"], settings, container=container)


def test_a_child_is_told_the_address_on_its_input_alone() -> None:
    told = output().greeting()

    assert told.endswith(b"\n")
    assert json.loads(told) == {
        "address": "rtsp://me:secret@server/x",
        "audio": None,
    }


def test_packets_are_told_as_they_are_and_counted_when_answered() -> None:
    out = output()
    out.send(KEY)

    part = out.next_part(0)
    out.heard("done", "")
    out.heard("else", "")

    assert part is not None
    assert from_wire(io.BytesIO(part)) == KEY
    assert out.next_part(0) is None
    assert (out.sent, out.arrived) == (1, 1)


def test_a_new_child_gets_nothing_of_the_old_ones() -> None:
    out = output()
    out.send(KEY)

    out.greeting()

    assert out.next_part(0) is None
    assert out.key_wanted()
    assert out.status.dropped == 1


def test_how_it_is_doing_shows_no_password() -> None:
    status = output().status

    assert (status.name, status.kind, status.connected) == (
        "rtsp://server/x",
        "push",
        False,
    )


def test_audio_goes_along_where_the_protocol_carries_it() -> None:
    opus = Audio(codec="opus", rate=48_000, layout="stereo")

    assert output("rtsp").carries(opus)
    assert not output("flv").carries(opus)
    assert output("flv").carries(AUDIO)
