"""Notices that an RTSP server which takes packets is frozen or gone.

UDP swallows packets whether anybody reads them or not, and FFmpeg never looks; over TCP
the kernel keeps megabytes of them, a minute of a small stream. What every server
answers at any time is OPTIONS (RFC 2326, section 10.1), so it is asked on a connection
of its own.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from threading import Thread

from sinks.live.worker.rtsp_client.client import RtspClient

ASK_SECONDS = 1.0
ANSWER_SECONDS = 2.0


class ServerWatch:
    """Asks again and again. A server that never answered is not judged by it."""

    def __init__(self, client: RtspClient) -> None:
        """Asks nothing yet."""
        self._client = client
        self._answered = False

    def lost(self) -> bool:
        """Asks once; whether the server has answered before and does no more.

        A connection that was closed is opened anew: servers close idle ones.
        """
        for _ in range(2):
            try:
                self._client.ask("OPTIONS")
            except TimeoutError:
                self._client.close()
                return self._answered
            except OSError:
                self._client.close()
            else:
                self._answered = True
                return False
        return self._answered


def watch(address: str, tls: Mapping[str, str], on_lost: Callable[[], None]) -> None:
    """Asks the server at `address` each second on a thread, and calls `on_lost` once.

    The thread ends with the process.

    Args:
        address: `rtsp://` or `rtsps://`.
        tls: FFmpeg's options to verify the server; it is verified alike here.
        on_lost: Called when it answers no more.
    """
    client = RtspClient(address, seconds=ANSWER_SECONDS, tls=context_for(tls))
    watching = ServerWatch(client)

    def keep() -> None:
        while not watching.lost():
            time.sleep(ASK_SECONDS)
        on_lost()

    Thread(target=keep, name="rtsp watch", daemon=True).start()


def context_for(tls: Mapping[str, str]) -> ssl.SSLContext:
    """Returns what verifies as FFmpeg does with these options."""
    context = ssl.create_default_context(cafile=tls.get("ca_file"))
    if tls.get("tls_verify") == "0":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
