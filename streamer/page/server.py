"""Serves the page on a thread of its own; its death costs no stream anything."""

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import uvicorn
from prometheus_client.registry import CollectorRegistry

from streamer.errors import StreamerError
from streamer.page.app import Page, app_of
from streamer.page.board import Board
from streamer.page.changes import ChangeRoutes, Changes
from streamer.page.login.access import AccessRules
from streamer.page.login.guard import Guard
from streamer.page.recent_log import RecentLog
from streamer.page.video import Videos
from streamer.page.viewers import Previews

_LOG = logging.getLogger("derain.page")
_CONNECTIONS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where and for whom the page is served."""

    place: str
    """HOST:PORT; port 0 takes a free one."""
    token: str = ""
    """Needed where others can reach the address; from the environment, never typed."""
    names: tuple[str, ...] = ()
    """Further host names under which a proxy shows the page."""
    certificate: Path | None = None
    """PEM file of a certificate chain: TLS."""
    key: Path | None = None
    """PEM file of its private key."""

    @property
    def host_and_port(self) -> tuple[str, int]:
        """The two parts of the place.

        Raises:
            StreamerError: It is not HOST:PORT.
        """
        host, _, port = self.place.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise StreamerError(
                f"page wants HOST:PORT such as 127.0.0.1:8080, not {self.place}"
            )
        return host.strip("[]"), int(port)


@contextmanager
def page_served(
    options: Address,
    board: Board,
    previews: Previews,
    metrics: CollectorRegistry,
    changes: Changes | None = None,
    videos: Videos | None = None,
) -> Iterator[int]:
    """Serves until the block ends; gives the port.

    Args:
        options: Where and for whom.
        board: Figures; it looks once a second meanwhile.
        previews: Pictures; compressed while somebody looks.
        metrics: What `/metrics` shows.
        changes: Lets streams come and go; None: the page is for looking only.
        videos: What is encoded, where live sinks encode.

    Raises:
        StreamerError: The place makes no sense, is taken, needs a token, or the
            certificate cannot be used.
    """
    host, port = options.host_and_port
    listener = _listening(host, port, options.place)
    port = int(listener.getsockname()[1])
    with ExitStack() as stack:
        stack.callback(listener.close)
        rules = AccessRules(
            host=host,
            port=port,
            token=options.token,
            names=options.names,
            secure=options.certificate is not None,
            changes=changes is not None,
        )
        log = stack.enter_context(_log_kept())
        routes = ChangeRoutes(changes)
        page = Page(board, previews, videos or Videos(), log, metrics, routes)
        server = _server(app_of(page, Guard(rules)), options)
        stack.enter_context(board.running())
        stack.enter_context(previews.running())
        stack.enter_context(_running(server, listener))
        yield port


def _listening(host: str, port: int, place: str) -> socket.socket:
    with ExitStack() as opened:
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            listener = opened.enter_context(socket.socket(family, socket.SOCK_STREAM))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(_CONNECTIONS)
        except OSError as error:
            raise StreamerError(f"page at {place}: {error.strerror}") from None
        opened.pop_all()
    return listener


def _server(app: object, options: Address) -> uvicorn.Server:
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # Starlette is an ASGI application
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=4096,
        ws_ping_interval=10,
        ws_ping_timeout=10,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=1,
        ssl_certfile=options.certificate,
        ssl_keyfile=options.key,
    )
    try:
        config.load()
    except OSError as error:
        raise StreamerError(f"page certificate or key: {error}") from None
    return uvicorn.Server(config)


@contextmanager
def _log_kept() -> Iterator[RecentLog]:
    kept, log = RecentLog(), logging.getLogger("derain")
    log.addHandler(kept)
    try:
        yield kept
    finally:
        log.removeHandler(kept)


@contextmanager
def _running(server: uvicorn.Server, listener: socket.socket) -> Iterator[None]:
    thread = Thread(target=_run, args=(server, listener), name="page", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5)


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    try:
        server.run(sockets=[listener])
    except Exception:  # noqa: BLE001 - logged; no stream ends with the page
        _LOG.exception("the page ended; the streams go on")
