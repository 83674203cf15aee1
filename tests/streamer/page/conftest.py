"""A page that shows two streams of drawn pictures, served for real on loopback."""

import http.client
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from threading import Event, Thread
from typing import Any

import av
import numpy as np
import pytest
from prometheus_client.registry import CollectorRegistry
from websockets.sync.client import connect

from sources.frame import Colour, Frame
from streamer.live.fleet.settings import FleetSettings, StreamSettings
from streamer.live.metrics.counters import LiveSnapshot
from streamer.page.board import Board
from streamer.page.server import Address, page_served
from streamer.page.video import Videos
from streamer.page.viewers import Previews
from streamer.page.views import About, StreamView
from streamer.pipeline.preview import PreviewTap
from streamer.pipeline.stats import Percentiles
from streamer.settings import DEFAULTS as RUN

LIMIT = 60  # tells a hang from a slow machine
LIMIT_MS = 90_000

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


class ChangingViews:
    """Streams that the page may change, checked as those of a file are."""

    kept = "not kept"

    def __init__(self, views: dict[str, StreamView]) -> None:
        self._views = views
        streams = tuple(
            StreamSettings(name=name, source=f"rtsp://h/{name}", sink="null:", run=RUN)
            for name in views
        )
        self.settings = FleetSettings(common=RUN, streams=streams)

    def add(self, table: Mapping[str, Any]) -> Mapping[str, list[str]]:
        self.settings = self.settings.with_added(table, "the request")
        self._views[table["name"]] = StreamView(snapshot=WELL)
        return {"added": [table["name"]]}

    def change(self, name: str, table: Mapping[str, Any]) -> Mapping[str, list[str]]:
        self.settings = self.settings.with_changed(name, table, "the request")
        return {"changed": [name]}

    def remove(self, name: str) -> Mapping[str, list[str]]:
        self.settings = self.settings.without(name)
        del self._views[name]
        return {"removed": [name]}


@dataclass
class ServedPage:
    """A page under test, and what it shows."""

    port: int
    previews: Previews
    views: dict[str, StreamView]
    board: Board
    videos: Videos
    close: Callable[[], None]
    """Ends it."""
    changes: ChangingViews | None = None

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


def ask(
    page: ServedPage,
    path: str,
    *,
    method: str = "GET",
    body: str | None = None,
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    link = http.client.HTTPConnection("127.0.0.1", page.port, timeout=LIMIT)
    try:
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        link.request(method, path, body, given)
        answer = link.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        link.close()


def pictures_of(page: ServedPage, name: str = "gate", **more: Any) -> Any:
    address = f"ws://{page.address}/ws/pictures/{name}"
    return connect(address, open_timeout=LIMIT, close_timeout=1, **more)


Serve = Callable[..., ServedPage]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts pages: `serve(token=..., max_viewers=..., changing=True)`."""
    with ExitStack() as stack:

        def start(
            name: str = "gate",
            max_viewers: int = 32,
            *,
            changing: bool = False,
            **options: Any,
        ) -> ServedPage:
            previews, videos = Previews(max_viewers), Videos(max_viewers)
            views = {name: StreamView(snapshot=WELL, video=True)}
            videos.tap(name)
            views["yard"] = StreamView(snapshot=AWAY)
            changes = ChangingViews(views) if changing else None
            about = replace(ABOUT, changes=changes.kept) if changes else ABOUT
            board = Board(lambda: about, lambda: views)
            place = options.pop("place", "127.0.0.1:0")
            own = stack.enter_context(ExitStack())
            for each in views:
                own.enter_context(playing(previews.tap(each)))
            port = own.enter_context(
                page_served(
                    Address(place=place, **options),
                    board,
                    previews,
                    CollectorRegistry(),
                    changes,
                    videos,
                )
            )
            return ServedPage(port, previews, views, board, videos, own.close, changes)

        yield start


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "apt-get install chromium"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(LIMIT_MS)
    opened = context.new_page()
    opened.problems = []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    yield opened
    assert opened.problems == []
    context.close()
