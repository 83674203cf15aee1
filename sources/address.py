"""Addresses with secrets in them, and the one place that takes secrets out of texts.

A value module like `sources.frame`: sinks import it too, for a password must be hidden
by the same rule whether it opens a camera or a server.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from sources.errors import SourceError

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(\S+)")
_SECRET_KEYS = re.compile(
    r"((?:\b|_)(?:passw(?:or)?d|pass|pwd|token|secret|api_?key|auth)=)[^&\s'\"]+",
    re.IGNORECASE,
)
_QUERY = re.compile(r"([?&;]([^=&;?#\s]+)=)[^&;#\s'\"]+")
_HARMLESS = frozenset(
    (
        *(
            "user",
            "username",
            "usr",
            "channel",
            "chn",
            "ch",
            "stream",
            "subtype",
            "profile",
            "track",
            "live",
        ),
        *("resolution", "res", "size", "width", "height", "fps", "rate", "framerate"),
        *("unicast", "proto", "transport", "tcp", "codec", "audio", "video", "quality"),
    )
)
"""Keys of an address whose values are no secrets. Any other one may be: cameras have
`pw=`, `psw=`, `p=`, and worse."""
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|([A-Za-z0-9._-]|\$\{\w+\})*)(:\d+)?")
_NUMBER = re.compile(r"\[|\d+\.\d+\.\d+\.\d+(:|$)")
_PORT = re.compile(r":\d+$")
_PORTS = 1 << 16
_END = re.compile(r"[/?#]")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}|\$\{")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_HIDDEN = "***"


def without_secrets(text: str) -> str:
    """Returns `text` with the secrets of every address in it replaced by `***`.

    Those are the password, and each value behind a `?` that is not known as harmless.

    All up to the last `@` of an address counts as user and password: one that holds
    `@ / # ? : %` unescaped is hidden whole, at the price of a path with an `@` in it.
    """
    return _SECRET_KEYS.sub(rf"\1{_HIDDEN}", _URL.sub(_hide_user, text))


def holds_secret(text: str) -> bool:
    """Returns whether a text holds a secret itself, and not only by `${NAME}`."""
    named = _VARIABLE.sub(_HIDDEN, text)
    return without_secrets(named) != named


def _hide_user(found: re.Match[str]) -> str:
    secret, at, rest = found[2].rpartition("@")
    rest = _QUERY.sub(_hide_value, rest)
    if not at:
        return found[1] + rest
    user, colon, _ = secret.partition(":")
    return found[1] + (f"{user}:{_HIDDEN}@" if colon else f"{_HIDDEN}@") + rest


def _hide_value(found: re.Match[str]) -> str:
    return found[0] if found[2].lower() in _HARMLESS else found[1] + _HIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a stream is. `str` and `repr` show no password."""

    scheme: str
    host: str
    """With the port, if one was given."""
    path: str
    """From the first slash on, with the query."""
    user: str | None = None
    password: str | None = None
    """Plain, not percent-encoded."""

    @property
    def is_secure(self) -> bool:
        """Whether the scheme asks for TLS."""
        return self.scheme in {"rtsps", "https", "rtmps"}

    @property
    def is_playlist(self) -> bool:
        """Whether it looks like HLS, where the reader asks for each piece."""
        return self.scheme in {"http", "https"} and ".m3u8" in self.path

    @property
    def with_secrets(self) -> str:
        """The address as FFmpeg takes it; for no other eyes."""
        if self.user is None:
            return f"{self.scheme}://{self.host}{self.path}"
        login = quote(self.user, safe="")
        if self.password is not None:
            login += ":" + quote(self.password, safe="")
        return f"{self.scheme}://{login}@{self.host}{self.path}"

    def __str__(self) -> str:
        """The address without its password."""
        return without_secrets(self.with_secrets)

    def __repr__(self) -> str:
        """The address without its password."""
        return f"Address({self})"


def address_of(text: str, environment: Mapping[str, str] | None = None) -> Address:
    """Reads an address such as `rtsp://viewer:${CAMERA_PASSWORD}@10.0.0.7/live`.

    A password may be percent-encoded or plain. What stands as `${NAME}` comes from the
    environment and needs no encoding.

    Raises:
        SourceError: It is no address, or a variable is not set.
    """
    if re.search(r"\s", text):
        raise SourceError("An address holds a blank; write it as %20.")
    scheme, separator, rest = text.partition("://")
    if not separator or not rest:
        raise SourceError("That is no address like rtsp://host/path.")
    login, host, path = _split(rest)
    values = os.environ if environment is None else environment
    user, colon, password = login.partition(":") if login is not None else ("", "", "")
    host = _filled(host, values)
    if (port := _PORT.search(host)) and not 0 < int(port[0][1:]) < _PORTS:
        raise SourceError(f"A port is a number from 1 to {_PORTS - 1}, got {port[0]}.")
    return Address(
        scheme=scheme.lower(),
        host=host,
        path=_filled(path, values),
        user=_filled(unquote(user), values) if login is not None else None,
        password=_filled(unquote(password), values) if colon else None,
    )


def _split(rest: str) -> tuple[str | None, str, str]:
    """Returns login, host and path, by RFC 3986 where that gives a host.

    `user:p@ss/w0rd@host/x` does not, or gives a wrong one: a plain password may hold
    any letters. Then the login ends at the `@` behind which a host is likeliest.
    """
    authority = _END.split(rest, maxsplit=1)[0]
    login, at, host = authority.rpartition("@")
    if "@" not in rest or (not at and _HOST.fullmatch(authority)):
        return None, authority, rest[len(authority) :]
    if _ENCODED.search(login):
        return login, host, rest[len(authority) :]
    ends = [found.start() for found in re.finditer("@", rest)]
    end = max(ends, key=lambda end: _likelihood(rest, end))
    host = _END.split(rest[end + 1 :], maxsplit=1)[0]
    return rest[:end], host, rest[end + 1 + len(host) :]


def _likelihood(rest: str, end: int) -> tuple[int, bool, int]:
    """Returns how likely it is that a host begins behind the `@` at `end`.

    A number or a port is no part of a password: of those the first counts, so that
    there may be an address in a path. Of words the last, if a path follows it.
    """
    behind = rest[end + 1 :]
    host = _END.split(behind, maxsplit=1)[0]
    if not host or not _HOST.fullmatch(host):
        return 0, False, end
    if _NUMBER.match(host) or _PORT.search(host):
        return 3, False, -end
    return 2 if "." in host else 1, behind[len(host) :] != "", end


def _filled(text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        try:
            return values[found[1]]
        except KeyError:
            name = found[1]
            raise SourceError(f"The environment variable {name} is not set.") from None

    return _VARIABLE.sub(value, text)
