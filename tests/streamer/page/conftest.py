"""A page that shows two streams of drawn pictures, served for real on loopback."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from threading import Event, Thread
from typing import Any

import av
import numpy as np
import pytest
from prometheus_client.registry import CollectorRegistry

from sources.frame import Colour, Frame
from streamer.live.counters import LiveSnapshot
from streamer.page.board import Board
from streamer.page.server import Address, page_served
from streamer.page.viewers import Previews
from streamer.page.views import About, StreamView
from streamer.pipeline.preview import PreviewTap
from streamer.pipeline.stats import Percentiles

ABOUT = About(
    version="0.0",
    network="mspfn-lite",
    device="cpu",
    precision="int8",
    backend="openvino",
    slots=2,
)
WELL = LiveSnapshot(
    state="streaming",
    cause="",
    fps_in=25.0,
    fps_out=12.5,
    latency_ms=Percentiles(p50_ms=40, p95_ms=60, p99_ms=90),
    bytes_sent=0,
    frames_in=100,
    frames_out=50,
    held=0,
    dropped={"late": 50},
    reconnects=0,
    fresh_ago_seconds=0.1,
    stall_seconds=2,
    coverage=1.5,
)
AWAY = replace(WELL, state="away", cause="no answer", fresh_ago_seconds=30.0)


def picture(red: int, blue: int, size: tuple[int, int] = (320, 180)) -> av.VideoFrame:
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    pixels[..., 0], pixels[..., 2] = red, blue
    return av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="yuv420p")


def frame_of(shown: av.VideoFrame, **changes: Any) -> Frame:
    frame = Frame(
        picture=shown,
        pts=0,
        time_base=Fraction(1, 25),
        index=0,
        colour=Colour(),
        arrived_ns=0,
    )
    return replace(frame, **changes)


@dataclass
class ServedPage:
    """A page under test, and what it shows."""

    port: int
    previews: Previews
    views: dict[str, StreamView]
    board: Board

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"


@contextmanager
def playing(tap: PreviewTap) -> Iterator[None]:
    """Offers a red picture before and a blue one after, as a stream would."""
    done = Event()
    red, blue = picture(220, 0), picture(0, 220)

    def play() -> None:
        while not done.wait(0.02):
            tap.offer(frame_of(red), blue, Colour())

    thread = Thread(target=play, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


Serve = Callable[..., ServedPage]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts pages: `serve(token=..., max_viewers=...)`."""
    with ExitStack() as stack:

        def start(max_viewers: int = 32, **options: Any) -> ServedPage:
            previews = Previews(max_viewers)
            views = {"gate": StreamView(snapshot=WELL)}
            views["yard"] = StreamView(snapshot=AWAY)
            board = Board(ABOUT, lambda: views)
            place = options.pop("place", "127.0.0.1:0")
            for name in views:
                stack.enter_context(playing(previews.tap(name)))
            port = stack.enter_context(
                page_served(
                    Address(place=place, **options),
                    board,
                    previews,
                    CollectorRegistry(),
                )
            )
            return ServedPage(port, previews, views, board)

        yield start


def until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Waits for what must happen; the limit only tells a hang from a slow machine."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"in vain waited for: {what}")
        time.sleep(0.02)
