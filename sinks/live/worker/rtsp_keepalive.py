"""Notices that an RTSP server which takes packets is frozen or gone.

UDP swallows packets whether anybody reads them or not, and FFmpeg never looks; over TCP
the kernel keeps megabytes of them, a minute of a small stream. What every server
answers at any time is OPTIONS (RFC 2326, section 10.1), so it is asked on a connection
of its own.
"""

import socket
import ssl
import time
from collections.abc import Callable
from threading import Thread
from urllib.parse import urlsplit

ASK_SECONDS = 1.0
ANSWER_SECONDS = 2.0
_PORTS = {"rtsp": 554, "rtsps": 322}
_LONGEST = 65_536


class OptionsProbe:
    """One connection to a server, opened when it is first needed."""

    def __init__(self, address: str) -> None:
        """`address` is an `rtsp://` or `rtsps://` one; its login is not sent."""
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._secure = parts.scheme == "rtsps"
        name = f"[{self._host}]" if ":" in self._host else self._host
        self._about = f"{parts.scheme}://{name}:{self._port}{parts.path}"
        self._line: socket.socket | None = None
        self._number = 0

    def ask(self) -> None:
        """Asks, and returns when something was answered.

        Raises:
            TimeoutError: Nothing was.
            OSError: The connection broke, or nothing listens.
        """
        line = self._line or self._connected()
        self._number += 1
        text = f"OPTIONS {self._about} RTSP/1.0\r\nCSeq: {self._number}\r\n\r\n"
        line.sendall(text.encode())
        answer = b""
        while b"\r\n\r\n" not in answer and len(answer) < _LONGEST:
            piece = line.recv(4096)
            if not piece:
                raise ConnectionResetError("the server closed the connection")
            answer += piece

    def _connected(self) -> socket.socket:
        line = socket.create_connection((self._host, self._port), ANSWER_SECONDS)
        if self._secure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            line = context.wrap_socket(line, server_hostname=self._host)
        self._line = line
        return line

    def close(self) -> None:
        """Closes the connection; may be called twice."""
        if self._line is not None:
            self._line.close()
            self._line = None


class ServerWatch:
    """Asks again and again. A server that never answered is not judged by it."""

    def __init__(self, probe: OptionsProbe) -> None:
        """Asks nothing yet."""
        self._probe = probe
        self._answered = False

    def lost(self) -> bool:
        """Asks once; whether the server has answered before and does no more.

        A connection that was closed is opened anew: servers close idle ones.
        """
        for _ in range(2):
            try:
                self._probe.ask()
            except TimeoutError:
                self._probe.close()
                return self._answered
            except OSError:
                self._probe.close()
            else:
                self._answered = True
                return False
        return self._answered


def watch(address: str, on_lost: Callable[[], None]) -> None:
    """Asks the server at `address` each second on a thread, and calls `on_lost` once.

    The thread ends with the process.
    """
    watching = ServerWatch(OptionsProbe(address))

    def keep() -> None:
        while not watching.lost():
            time.sleep(ASK_SECONDS)
        on_lost()

    Thread(target=keep, name="rtsp watch", daemon=True).start()
