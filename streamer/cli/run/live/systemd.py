"""Tells systemd that a service is up and still works, where systemd asked to be told.

The protocol is that of sd_notify(3): datagrams to the socket named by NOTIFY_SOCKET.
The watchdog is fed only while the streams can be looked at: a program that hangs is
started anew, one with dead cameras is not.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

_USUAL_SECONDS = 10.0


@contextmanager
def told_to_systemd(look: Callable[[], object]) -> Iterator[None]:
    """Says READY, feeds the watchdog until the block ends, and says STOPPING.

    Args:
        look: Looks at the streams; what hangs in there starves the watchdog.
    """
    name = os.environ.get("NOTIFY_SOCKET", "")
    if not name:
        yield
        return
    place = "\0" + name[1:] if name.startswith("@") else name
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        ended = Event()
        line.connect(place)
        line.send(b"READY=1")
        feeder = Thread(target=_feed, args=(line, look, ended), daemon=True)
        feeder.start()
        try:
            yield
        finally:
            ended.set()
            feeder.join(1)
            line.send(b"STOPPING=1")


def _feed(line: socket.socket, look: Callable[[], object], ended: Event) -> None:
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    limit = int(microseconds) / 1e6 if microseconds.isdecimal() else _USUAL_SECONDS
    while not ended.wait(limit / 3):
        look()
        line.send(b"WATCHDOG=1")
