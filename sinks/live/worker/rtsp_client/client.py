"""A small RTSP client: asks a server, and looks at its stream as a viewer does.

RTSP 1.0 (RFC 2326) over TCP, with the packets interleaved (section 10.12), Basic and
Digest logins (RFC 2617). FFmpeg would decode all it gets; here one packet is proof.
"""

import hashlib
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from sinks.errors import SinkError

_PORTS = {"rtsp": 554, "rtsps": 322}
_LONGEST = 262_144
_INTERLEAVED = 0x24
_UNAUTHORIZED = 401
_OK = 200
_FIELD = re.compile(r'(\w+)="([^"]*)"')


class RtspRefusedError(SinkError):
    """The server answered something else than 200."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says to one request; the names of headers are in small letters."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: str


class RtspClient:
    """One connection to a server, opened when it is first needed."""

    def __init__(
        self,
        address: str,
        *,
        seconds: float,
        tls: ssl.SSLContext | None = None,
        receive_buffer: int | None = None,
    ) -> None:
        """Opens nothing yet.

        Args:
            address: `rtsp://` or `rtsps://`, percent-encoded; may hold a login.
            seconds: How long one answer may take.
            tls: Verifies an `rtsps://` server; None for the roots of the system.
            receive_buffer: Bytes the kernel keeps for us; None for its own choice.
        """
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._tls = tls or ssl.create_default_context()
        self._secure = parts.scheme == "rtsps"
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        name = f"[{self._host}]" if ":" in self._host else self._host
        query = f"?{parts.query}" if parts.query else ""
        self.about = f"{parts.scheme}://{name}:{self._port}{parts.path}{query}"
        self._seconds, self._receive_buffer = seconds, receive_buffer
        self._line: socket.socket | None = None
        self._session = ""
        self._challenge = ""
        self._number = 0

    def ask(self, method: str, about: str = "", **headers: str) -> Answer:
        """Asks, with the login if the server wants one; packets before it are skipped.

        Args:
            method: Such as OPTIONS.
            about: The URL; empty for that of the address.
            headers: Further ones.

        Raises:
            TimeoutError: Nothing was answered.
            OSError: The connection broke, or nothing listens.
        """
        answer = self._ask_once(method, about or self.about, headers)
        challenge = answer.headers.get("www-authenticate", "")
        if answer.status == _UNAUTHORIZED and self._user and not self._challenge:
            self._challenge = challenge
            answer = self._ask_once(method, about or self.about, headers)
        return answer

    def play(self, agent: str = "derain") -> None:
        """Lets the server send its first stream.

        Args:
            agent: What this program calls itself there.

        Raises:
            RtspRefusedError: It refused, and what it said.
            OSError: As for `ask`.
        """
        told = self._must("DESCRIBE", Accept="application/sdp")
        base = told.headers.get("content-base", self.about + "/")
        control = re.findall(r"^a=control:(\S+)", told.body, re.MULTILINE)
        track = control[1 if len(control) > 1 else 0] if control else ""
        about = track if "://" in track else base.rstrip("/") + "/" + track
        transport = "RTP/AVP/TCP;unicast;interleaved=0-1"
        session = self._must("SETUP", about, Transport=transport).headers["session"]
        self._session = session.partition(";")[0]
        more = {"Range": "npt=0.000-", "User-Agent": agent}
        self._must("PLAY", base, **more)

    def packet(self) -> bytes:
        """Waits for the next packet of the stream that plays.

        Raises:
            OSError: As for `ask`.
        """
        while True:
            head = self._exactly(1)
            if head[0] == _INTERLEAVED:
                channel, *size = self._exactly(3)
                data = self._exactly(int.from_bytes(bytes(size)))
                if channel == 0:
                    return data

    def close(self) -> None:
        """Closes the connection; may be called twice."""
        if self._line is not None:
            self._line.close()
            self._line = None
            self._session = self._challenge = ""

    def _must(self, method: str, about: str = "", **headers: str) -> Answer:
        answer = self.ask(method, about, **headers)
        if answer.status != _OK:
            raise RtspRefusedError(f"{method}: {answer.status} {answer.reason}")
        return answer

    def _ask_once(self, method: str, about: str, headers: Mapping[str, str]) -> Answer:
        self._number += 1
        lines = [f"{method} {about} RTSP/1.0", f"CSeq: {self._number}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self._session:
            lines.append(f"Session: {self._session}")
        if self._challenge:
            lines.append(f"Authorization: {self._login(method, about)}")
        self._connected().sendall("\r\n".join([*lines, "", ""]).encode())
        return self._answer()

    def _login(self, method: str, about: str) -> str:
        if not self._challenge.lower().startswith("digest"):
            both = f"{self._user}:{self._password}"
            return f"Basic {b64encode(both.encode()).decode()}"
        asked = dict(_FIELD.findall(self._challenge))
        realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
        secret = _md5(f"{self._user}:{realm}:{self._password}")
        proof = _md5(f"{secret}:{nonce}:{_md5(f'{method}:{about}')}")
        return (
            f'Digest username="{self._user}", realm="{realm}", nonce="{nonce}", '
            f'uri="{about}", response="{proof}"'
        )

    def _answer(self) -> Answer:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self._exactly(1)
            if not head and byte[0] == _INTERLEAVED:
                size = self._exactly(3)[1:]
                self._exactly(int.from_bytes(size))
                continue
            head += byte
            if len(head) > _LONGEST:
                raise ConnectionResetError("the answer has no end")
        lines = head.decode(errors="replace").strip().split("\r\n")
        pairs = (line.partition(":") for line in lines[1:])
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        _, _, said = lines[0].partition(" ")
        status, _, reason = said.partition(" ")
        length = headers.get("content-length", "0")
        body = self._exactly(min(int(length), _LONGEST)) if length.isdecimal() else b""
        code = int(status) if status.isdecimal() else 0
        return Answer(code, reason, headers, body.decode(errors="replace"))

    def _exactly(self, size: int) -> bytes:
        line = self._connected()
        data = b""
        while len(data) < size:
            piece = line.recv(size - len(data))
            if not piece:
                raise ConnectionResetError("the server closed the connection")
            data += piece
        return data

    def _connected(self) -> socket.socket:
        if self._line is None:
            self._line = self._opened()
        return self._line

    def _opened(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        if self._receive_buffer is None:
            line = socket.create_connection((self._host, self._port), self._seconds)
        else:  # it can only be made small before it connects
            line = socket.socket(family, socket.SOCK_STREAM)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
            line.settimeout(self._seconds)
            try:
                line.connect((self._host, self._port))
            except OSError:
                line.close()
                raise
        if self._secure:
            return self._tls.wrap_socket(line, server_hostname=self._host)
        return line


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
