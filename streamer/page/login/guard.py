"""Stands before every route: Host, Origin, session; and the form that logs in."""

from importlib.resources import files
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from streamer.page.login.access import COOKIE, AccessRules, Sessions

OPEN = frozenset({"/login", "/page.css", "/livez", "/readyz", "/healthz"})
"""What is answered without a token: it shows how streams are doing, and no picture."""
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' blob: data:; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LONGEST_FORM = 4096
_REFUSED = 4403


class Guard:
    """Checks each request and connection by the rules of access."""

    def __init__(self, rules: AccessRules) -> None:
        """Nobody is logged in."""
        self._rules = rules
        self._sessions = Sessions(rules)
        form = files("streamer.page.static").joinpath("login.html")
        self._form = form.read_text(encoding="utf-8")

    @property
    def middleware(self) -> Middleware:
        """For the application."""
        return Middleware(_Checked, guard=self)

    def refusal(self, scope: Scope) -> Response | None:
        """Returns why a request is not answered, or nothing."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._rules.knows_host(host):
            return PlainTextResponse(
                "this name is not the page's: name it with --page-host\n", 421
            )
        changes = scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD"}
        if changes and not self._rules.knows_origin(headers.get("origin"), host):
            return PlainTextResponse("this page's own origin only\n", 403)
        if scope["path"] in OPEN:
            return None
        client = scope["client"][0] if scope.get("client") else ""
        given = headers.get("cookie"), headers.get("authorization")
        if self._sessions.allows(*given, client):
            return None
        if scope["type"] == "http" and scope["path"] == "/":
            return RedirectResponse("/login", 303)
        return PlainTextResponse("a token is needed\n", 401)

    async def form(self, _request: Request) -> Response:
        """The form that takes the token."""
        return HTMLResponse(self._form)

    async def log_in(self, request: Request) -> Response:
        """Takes the token from the form and gives a session."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LONGEST_FORM:
                return PlainTextResponse("too long\n", 413)
        token = parse_qs(body.decode("utf-8", "replace")).get("token", [""])[0]
        client = request.client.host if request.client else ""
        session = self._sessions.log_in(token, client)
        if session is None:
            refused = self._form.replace('class="wrong" hidden', 'class="wrong"')
            return HTMLResponse(refused, 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE,
            session,
            httponly=True,
            samesite="strict",
            secure=self._rules.secure,
        )
        return answer


class _Checked:
    """Refuses before a route is reached, and adds headers to all that is answered."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app, self._guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refused = self._guard.refusal(scope)
        if refused is not None and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _REFUSED, "reason": ""})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await (refused or self._app)(scope, receive, send_with_headers)
