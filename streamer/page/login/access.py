"""Who may look at the page: loopback, or whoever knows the token.

On a loopback address no token is needed. Any other address shows streets, people and
number plates to a network, so the page does not start there without a token. A browser
sends it once, in a form, and gets a session cookie; a program sends it as
`Authorization: Bearer TOKEN`. Host and Origin are checked against rebinding of names
and against pages of others.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from threading import Lock

from streamer.errors import StreamerError

COOKIE = "derain_session"
_SESSIONS = 256
_SESSION_SECONDS = 12 * 3600
_TRIES = 10
_TRIES_SECONDS = 60.0
_SHORTEST_TOKEN = 16


def is_loopback(host: str) -> bool:
    """Returns whether an address is reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRules:
    """What a request must bring.

    Raises:
        StreamerError: The address can be reached by others and there is no token, or
            the token is shorter than 16 characters; or streams may be changed and
            there is no token.
    """

    host: str
    port: int
    token: str = ""
    """Compared in constant time; empty: none is needed."""
    names: tuple[str, ...] = ()
    """Further names, as `HOST` or `HOST:PORT`, under which a proxy shows the page."""
    secure: bool = False
    """Whether the page is served over TLS."""
    changes: bool = False
    """Whether streams may be added, changed and removed."""

    def __post_init__(self) -> None:
        if not self.token and not is_loopback(self.host):
            raise StreamerError(
                f"page at {self.host}:{self.port}: others can reach this address, so "
                "a token is needed: set DERAIN_PAGE_TOKEN, or use 127.0.0.1"
            )
        if self.changes and not self.token:
            raise StreamerError(
                "--allow-changes needs a token, on 127.0.0.1 too: set DERAIN_PAGE_TOKEN"
            )
        if self.token and len(self.token) < _SHORTEST_TOKEN:
            raise StreamerError(
                f"the page's token must have {_SHORTEST_TOKEN} characters or more, "
                f"got {len(self.token)}"
            )

    def knows_host(self, header: str) -> bool:
        """Returns whether a Host header names this page."""
        name, port = _split_host(header)
        if header in self.names or name in self.names:
            return True
        if port not in {None, self.port}:
            return False
        return is_loopback(name) or name == self.host or _is_address(name)

    def knows_origin(self, origin: str | None, host: str) -> bool:
        """Returns whether an Origin header is the page itself; a program sends none."""
        return origin is None or origin.partition("://")[2] == host


def _is_address(name: str) -> bool:
    """Whether a host is a bare address, which no name server can point elsewhere."""
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _split_host(header: str) -> tuple[str, int | None]:
    name, colon, port = header.rpartition(":")
    if colon and port.isdecimal():
        return name, int(port)
    return header, None


class Sessions:
    """Which cookies are good, and how often a wrong token was tried.

    Args:
        rules: Hold the token.
        now: Seconds of a monotonic clock.
    """

    def __init__(
        self, rules: AccessRules, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._rules, self._now = rules, now
        self._lock = Lock()
        self._until: OrderedDict[str, float] = OrderedDict()
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def log_in(self, token: str, client: str) -> str | None:
        """Returns a new session for the right token, None for a wrong one.

        After ten wrong ones in a minute a client is refused for the rest of it.

        Args:
            token: As it was typed.
            client: The address that it came from.
        """
        with self._lock:
            if not self._is_right(token, client):
                return None
            session = secrets.token_urlsafe(32)
            self._until[session] = self._now() + _SESSION_SECONDS
            while len(self._until) > _SESSIONS:
                self._until.popitem(last=False)
            return session

    def allows(
        self, cookie: str | None, authorization: str | None, client: str
    ) -> bool:
        """Returns whether a request may see streams.

        Args:
            cookie: The Cookie header.
            authorization: The Authorization header.
            client: The address that the request came from.
        """
        if not self._rules.token:
            return True
        kind, _, token = (authorization or "").partition(" ")
        with self._lock:
            if kind == "Bearer":
                return self._is_right(token, client)
            until = self._until.get(_session_in(cookie), 0.0)
            return self._now() < until

    def _is_right(self, token: str, client: str) -> bool:
        """Compares a token, unless its client tried too many wrong ones."""
        since = self._now() - _TRIES_SECONDS
        wrong = [when for when in self._wrong.get(client, ()) if when > since]
        if len(wrong) < _TRIES:
            if hmac.compare_digest(token.encode(), self._rules.token.encode()):
                return True
            wrong.append(self._now())
        self._wrong[client] = wrong
        self._wrong.move_to_end(client)
        while len(self._wrong) > _SESSIONS:
            self._wrong.popitem(last=False)
        return False


def _session_in(cookie: str | None) -> str:
    try:
        found = SimpleCookie(cookie or "").get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
