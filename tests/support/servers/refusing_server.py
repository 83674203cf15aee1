"""A server that answers every RTSP request with one and the same words."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def refusing_server(
    status: str, *headers: str, after_seconds: float = 0
) -> Iterator[str]:
    """Gives its address.

    Args:
        status: Such as `453 Not Enough Bandwidth`.
        headers: Further lines of the answer.
        after_seconds: How long it thinks before each answer.
    """
    ended = Event()

    def serve(line: socket.socket) -> None:
        with line:
            while not ended.is_set() and (request := line.recv(65_536)):
                ended.wait(after_seconds)
                number = request.partition(b"CSeq: ")[2].partition(b"\r\n")[0].decode()
                lines = [f"RTSP/1.0 {status}", f"CSeq: {number}", *headers, "", ""]
                line.sendall("\r\n".join(lines).encode())

    def accept(listener: socket.socket) -> None:
        while not ended.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            Thread(target=serve, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=accept, args=(listener,), daemon=True).start()
        yield f"rtsp://viewer:right@127.0.0.1:{listener.getsockname()[1]}/x"
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
