"""The stream itself on the page: its H.264 over a real WebSocket, and in Chromium."""

import asyncio
from dataclasses import replace
from fractions import Fraction
from typing import Any

import av
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sinks.encoding.low_latency import LiveEncoder
from sinks.live.sink import LiveSink
from sinks.live.tap import PacketTap
from sinks.packets import Encoded
from sources.frame import Colour, Frame, StreamInfo
from streamer.page.video import HEADER, Videos, VideoViewer
from tests.streamer.page.conftest import LIMIT_MS, Serve, ServedPage, picture
from tests.streamer.page.test_browser import playwright, shown
from tests.support.patience import eventually

LIMIT = 60  # tells a hang from a slow machine
RATE = 25
INFO = StreamInfo(
    width=320,
    height=180,
    pixel_format="yuv420p",
    time_base=Fraction(1, RATE),
    colour=Colour(),
    frame_rate=Fraction(RATE),
    live=True,
)


def frame(number: int, *, blue: bool = False) -> Frame:
    shown = picture(0, 220) if blue else picture(220, 0)
    return Frame(
        picture=shown,
        pts=number,
        time_base=Fraction(1, RATE),
        index=number,
        colour=Colour(),
    )


def packet(number: int, *, key: bool = False) -> Encoded:
    return Encoded(bytes([number]), number * 3600, key=key)


def video_of(page: ServedPage, name: str = "gate") -> Any:
    return connect(f"ws://{page.address}/ws/video/{name}", open_timeout=LIMIT)


def test_a_viewer_gets_what_is_encoded_from_a_key_frame_on(serve: Serve) -> None:
    page = serve()
    tap = page.videos.tap("gate")
    sink = LiveSink([])
    sink.tap = tap
    sink.begin(INFO)
    sink.write(frame(0))

    with video_of(page) as link:
        eventually(lambda: bool(tap._watchers), what="the viewer")
        for number in range(1, 4):
            sink.write(frame(number))
        got = [link.recv(LIMIT) for _ in range(3)]

    keys = [HEADER.unpack_from(message)[0] for message in got]
    micros = [HEADER.unpack_from(message)[1] for message in got]
    assert keys == [1, 0, 0]
    assert micros == [40_000, 80_000, 120_000]
    decoder = av.CodecContext.create("h264", "r")
    pictures = [
        made
        for message in [*got, b"\0" * HEADER.size]
        for made in decoder.decode(av.Packet(message[HEADER.size :] or None))
    ]
    assert [(made.width, made.height) for made in pictures] == [(320, 180)] * 3
    eventually(lambda: not tap._watchers, what="the viewer's leaving to be seen")


def test_a_stream_that_encodes_nothing_has_no_video(serve: Serve) -> None:
    page = serve()

    with video_of(page, "yard") as link, pytest.raises(ConnectionClosed) as refused:
        link.recv(LIMIT)

    assert refused.value.rcvd is not None
    assert refused.value.rcvd.reason == "no such stream"


def test_a_viewer_that_reads_too_slowly_goes_on_at_a_key_frame() -> None:
    async def look() -> list[int]:
        viewer = VideoViewer()
        viewer._add(packet(0))
        viewer._add(packet(1, key=True))
        for number in range(60):
            viewer._add(packet(number + 2))
        viewer._add(packet(100, key=True))
        viewer._add(packet(101))
        return [(await viewer.next())[-1] for _ in range(2)]

    assert asyncio.run(look()) == [100, 101]


def test_a_page_that_has_ended_costs_the_stream_nothing() -> None:
    async def look() -> VideoViewer:
        return VideoViewer()

    viewer = asyncio.run(look())  # its loop is closed now
    tap = PacketTap()

    with tap.watching(viewer.put):
        tap.send(packet(1, key=True))


def test_audio_is_not_sent_and_one_key_frame_is_asked_for() -> None:
    tap = Videos().tap("gate")
    got: list[Encoded] = []

    with tap.watching(got.append):
        asked = tap.key_wanted(), tap.key_wanted()
        tap.send(replace(packet(1), audio=True))
        tap.send(packet(2))

    tap.send(packet(3))
    assert asked == (True, False)
    assert [one.data for one in got] == [b"\2"]


@pytest.mark.slow
def test_a_browser_shows_the_newest_picture_and_holds_none_back(
    serve: Serve, tab: Any
) -> None:
    page = serve()
    card = shown(tab, page)
    tap, encoder = page.videos.tap("gate"), LiveEncoder(INFO)

    card.locator(".live").click()
    eventually(lambda: bool(tap._watchers), what="the browser")
    for number in range(6):  # fewer than a slow browser leaves out, in video.js
        for made in encoder.encode(frame(number, blue=number == 5), key=not number):
            tap.send(made)

    newest = card.locator("canvas[data-live-time='200000']")
    newest.wait_for(timeout=LIMIT_MS)
    pixel = tab.evaluate(
        "() => { const c = document.querySelector('[data-stream=gate] canvas');"
        "return Array.from(c.getContext('2d').getImageData(9, 9, 1, 1).data); }"
    )
    assert pixel[2] > 150
    assert pixel[0] < 100
    card.locator(".live").click()
    eventually(lambda: not tap._watchers, what="the end of it")
    playwright.expect(card.locator(".live")).to_have_attribute("aria-pressed", "false")
