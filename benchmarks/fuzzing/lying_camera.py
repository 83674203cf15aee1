"""An RTSP server that lies: true answers of a camera, damaged before they are sent."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import islice
from pathlib import Path
from random import Random
from threading import Thread

import av
from av.bitstream import BitStreamFilterContext

from benchmarks.fuzzing.mutations import BYTES
from benchmarks.fuzzing.texts import TEXTS

LIES = ("answers", "packets", "silence", "closes", "noise")
_CLOCK = 90_000
_MOST_CONNECTIONS = 40


def rtp_packets(clip: Path) -> list[bytes]:
    """Returns a clip's H.264 as RTP packets in the frames of RTSP over TCP.

    The NAL units of a tiny clip fit a packet each (RFC 6184, section 5.6).
    """
    packets: list[bytes] = []
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        as_units = BitStreamFilterContext("h264_mp4toannexb", stream)
        for picture, packet in enumerate(container.demux(stream)):
            for part in as_units.filter(packet if packet.size else None):
                for unit in bytes(part).split(b"\0\0\1"):
                    if unit.strip(b"\0"):
                        packets.append(_rtp(unit, len(packets), picture))
    return packets


def _rtp(unit: bytes, number: int, picture: int) -> bytes:
    time_stamp = picture * _CLOCK // 25
    head = b"\x80" + bytes([96 | 0x80]) + number.to_bytes(2, "big")
    packet = head + time_stamp.to_bytes(4, "big") + b"\0\0\0\1" + unit
    return b"$\0" + len(packet).to_bytes(2, "big") + packet


def _answer(request: str) -> str:
    method, _, _ = request.partition(" ")
    number = request.partition("CSeq: ")[2].partition("\r\n")[0]
    lines = [f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: 7;timeout=60"]
    body = ""
    if method == "OPTIONS":
        lines.append("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN")
    elif method == "DESCRIBE":
        body = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
            "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=framerate:25\r\n"
            "a=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
        )
        lines.append(f"Content-Type: application/sdp\r\nContent-Length: {len(body)}")
    elif method == "SETUP":
        lines.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
    elif method == "PLAY":
        lines.append("RTP-Info: url=track1;seq=0;rtptime=0\r\nRange: npt=0.000-")
    return "\r\n".join(lines) + "\r\n\r\n" + body


class _Liar:
    """What one connection gets."""

    def __init__(self, lie: str, packets: list[bytes], rng: Random) -> None:
        self._lie, self._packets, self._rng = lie, packets, rng

    def serve(self, line: socket.socket) -> None:
        with closing(line), suppress(OSError):
            line.settimeout(10)
            while request := line.recv(65_536):
                if request.startswith(b"$"):
                    continue
                text = request.decode("latin-1")
                line.sendall(self._damaged(_answer(text)))
                if self._rng.random() < 0.15 and self._lie == "closes":
                    return
                if text.startswith("PLAY"):
                    self._play(line)

    def _damaged(self, answer: str) -> bytes:
        rng = self._rng
        if self._lie == "noise":
            return rng.randbytes(rng.randint(1, 4000))
        if self._lie != "answers" or rng.random() < 0.4:
            return answer.encode("latin-1")
        if rng.random() < 0.5:
            changed = rng.choice(list(TEXTS.values()))(answer, rng)
            return changed.encode(errors="replace")
        return rng.choice(list(BYTES.values()))(answer.encode("latin-1"), rng)

    def _play(self, line: socket.socket) -> None:
        rng = self._rng
        last = rng.randrange(len(self._packets))
        for packet in islice(self._packets, last if self._lie == "silence" else None):
            sent = packet
            if self._lie == "packets" and rng.random() < 0.3:
                sent = rng.choice(list(BYTES.values()))(packet, rng)
            line.sendall(sent)
            time.sleep(0.01)
        if self._lie == "silence":
            time.sleep(5)


@contextmanager
def lying_camera(lie: str, packets: list[bytes], seed: str) -> Iterator[str]:
    """Gives the address of a server that tells one kind of lie, one of `LIES`."""
    liar = _Liar(lie, packets, Random(seed))  # noqa: S311 - no secret

    def accept(listener: socket.socket) -> None:
        for _ in range(_MOST_CONNECTIONS):
            try:
                line, _ = listener.accept()
            except OSError:
                return
            Thread(target=liar.serve, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=accept, args=(listener,), daemon=True).start()
        yield f"rtsp://127.0.0.1:{listener.getsockname()[1]}/camera"
        listener.shutdown(socket.SHUT_RDWR)
