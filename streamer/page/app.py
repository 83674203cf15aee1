"""The routes of the page: static files, figures, pictures, logs, health."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import asdict
from importlib.resources import files
from typing import Protocol

from prometheus_client.registry import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from streamer.live.metrics.health_server import reply_to
from streamer.page.board import Board
from streamer.page.changes import ChangeRoutes
from streamer.page.login.guard import Guard
from streamer.page.pictures import split
from streamer.page.recent_log import RecentLog
from streamer.page.video import Videos
from streamer.page.viewers import Previews, TooManyViewersError

_LOG = logging.getLogger("derain.page")
_KINDS = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
_SNAPSHOT_SECONDS = 5.0
_TRY_AGAIN, _NO_SUCH = 1013, 4404
_NAME = "{name:path}"
"""Of a stream; it may hold a slash, which a browser sends as %2F."""
_STREAM = f"/api/streams/{_NAME}"
Answer = Callable[[Request], Awaitable[Response]]


class HasMessages(Protocol):
    """What comes for one viewer."""

    async def next(self) -> bytes:
        """Returns the next message that is for him."""


Watching = Callable[[str], AbstractAsyncContextManager[HasMessages]]
"""Gives a place for the messages of a stream, by its name."""


class Page:
    """What the routes answer from.

    Args:
        board: Figures of the streams.
        previews: Their pictures.
        videos: What they send, encoded.
        log: Their last lines.
        metrics: What `/metrics` shows.
        changes: Answers what changes streams.
    """

    def __init__(
        self,
        board: Board,
        previews: Previews,
        videos: Videos,
        log: RecentLog,
        metrics: CollectorRegistry,
        changes: ChangeRoutes,
    ) -> None:
        self.changes = changes
        self._board, self._previews, self._videos = board, previews, videos
        self._log, self._metrics = log, metrics

    async def streams(self, _request: Request) -> Response:
        """All figures; the same as `/ws/state` sends each second."""
        return JSONResponse(self._board.as_json())

    async def history(self, request: Request) -> Response:
        """The last hour of one stream in points of ten seconds."""
        return JSONResponse(self._board.history(request.path_params["name"]))

    async def log(self, request: Request) -> Response:
        """The last 200 log lines, of one stream with `?stream=NAME`."""
        lines = self._log.lines(request.query_params.get("stream"))
        return JSONResponse([asdict(line) for line in lines])

    async def snapshot(self, request: Request) -> Response:
        """The next picture of one stream as JPEG; `?side=before` or `after`."""
        side = request.query_params.get("side", "after")
        if side not in {"before", "after"}:
            return PlainTextResponse("side must be before or after\n", 400)
        try:
            async with self._previews.watching(request.path_params["name"]) as viewer:
                message = await asyncio.wait_for(viewer.next(), _SNAPSHOT_SECONDS)
        except KeyError:
            return PlainTextResponse("no such stream\n", 404)
        except TooManyViewersError as error:
            return PlainTextResponse(f"{error}\n", 503)
        except TimeoutError:
            return PlainTextResponse("no picture comes from this stream\n", 503)
        _, before, after = split(message)
        return Response(before if side == "before" else after, media_type="image/jpeg")

    async def health(self, request: Request) -> Response:
        """Metrics and health, as the metrics server answers them.

        A run of files has no stream that could be unwell.
        """
        views, path = self._board.views, request.scope["path"]
        live = {n: v.snapshot for n, v in views.items() if v.snapshot is not None}
        if views and not live and path in {"/readyz", "/healthz"}:
            return JSONResponse({"healthy": True, "problems": {}, "streams": {}})
        reply = reply_to(path, self._metrics, lambda: live)
        return Response(reply.body, reply.status, {"Content-Type": reply.kind})

    async def send_state(self, socket: WebSocket) -> None:
        """Sends the figures of all streams, once a second."""
        await socket.accept()
        with suppress(WebSocketDisconnect):
            while True:
                await socket.send_json(self._board.as_json())
                await asyncio.sleep(1.0)

    async def send_pictures(self, socket: WebSocket) -> None:
        """Sends the pairs of one stream, each in one message, the newest only."""
        await self._relay(socket, self._previews.watching)

    async def send_video(self, socket: WebSocket) -> None:
        """Sends what one stream encodes, a message for each packet."""
        await self._relay(socket, self._videos.watching)

    async def _relay(self, socket: WebSocket, watching: Watching) -> None:
        await socket.accept()
        try:
            async with watching(socket.path_params["name"]) as viewer:
                await _relayed(socket, viewer)
        except KeyError:
            await socket.close(_NO_SUCH, "no such stream")
        except TooManyViewersError as error:
            await socket.close(_TRY_AGAIN, str(error))


async def _relayed(socket: WebSocket, viewer: HasMessages) -> None:
    """Sends until the viewer goes; also notices it while no picture comes."""

    async def send() -> None:
        while True:
            await socket.send_bytes(await viewer.next())

    async def gone() -> None:
        while (await socket.receive())["type"] != "websocket.disconnect":
            continue

    tasks = [asyncio.create_task(send()), asyncio.create_task(gone())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                _LOG.debug("a viewer left: %s", outcome)


def app_of(page: Page, guard: Guard) -> Starlette:
    """Returns the application with its routes, behind its guard."""
    get = ["GET"]
    return Starlette(
        routes=[
            Route("/", _static("index.html"), methods=get),
            Route("/page.js", _static("page.js"), methods=get),
            Route("/plots.js", _static("plots.js"), methods=get),
            Route("/video.js", _static("video.js"), methods=get),
            Route("/changes.js", _static("changes.js"), methods=get),
            Route("/page.css", _static("page.css"), methods=get),
            Route("/login", guard.form, methods=get),
            Route("/login", guard.log_in, methods=["POST"]),
            Route("/api/streams", page.streams, methods=get),
            Route("/api/streams", page.changes.add, methods=["POST"]),
            Route(_STREAM, page.changes.change, methods=["PUT"]),
            Route(_STREAM, page.changes.remove, methods=["DELETE"]),
            Route(f"{_STREAM}/history", page.history, methods=get),
            Route(f"{_STREAM}/snapshot.jpg", page.snapshot, methods=get),
            Route("/api/log", page.log, methods=get),
            Route("/metrics", page.health, methods=get),
            Route("/livez", page.health, methods=get),
            Route("/readyz", page.health, methods=get),
            Route("/healthz", page.health, methods=get),
            Route(f"/healthz/{_NAME}", page.health, methods=get),
            WebSocketRoute("/ws/state", page.send_state),
            WebSocketRoute(f"/ws/pictures/{_NAME}", page.send_pictures),
            WebSocketRoute(f"/ws/video/{_NAME}", page.send_video),
        ],
        middleware=[guard.middleware],
    )


def _static(name: str) -> Answer:
    text = files("streamer.page.static").joinpath(name).read_text(encoding="utf-8")
    kind = _KINDS[name.rpartition(".")[2]]

    async def answer(_request: Request) -> Response:
        return Response(text, media_type=kind)

    return answer
