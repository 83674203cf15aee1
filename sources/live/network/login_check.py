"""Why a login was refused: whether FFmpeg cannot speak what the server asks for.

FFmpeg 8 knows Basic and Digest with MD5; newer cameras may offer Digest with SHA-256
(RFC 7616) alone, and a right password then looks like a wrong one.
"""

import re
import socket

from sources.address import Address

_SECONDS = 3.0
_LONGEST = 16_384
_OFFER = re.compile(rb"^www-authenticate:\s*(.*?)\r?$", re.IGNORECASE | re.MULTILINE)


def unsupported_login(address: Address) -> str:
    """Returns what login the RTSP server wants that FFmpeg cannot; empty if it can.

    It asks once, without a login, and says nothing where the server does not answer.
    """
    if address.scheme != "rtsp":
        return ""
    host, _, port = (
        address.host.rpartition(":")
        if _has_port(address)
        else (
            address.host,
            "",
            "554",
        )
    )
    about = f"rtsp://{address.host}{address.path}"
    request = f"DESCRIBE {about} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n"
    try:
        place = (host.strip("[]"), int(port))
        with socket.create_connection(place, _SECONDS) as line:
            line.sendall(request.encode())
            return unsupported_in(_head(line))
    except OSError:
        return ""


def unsupported_in(answer: bytes) -> str:
    """Returns what none but newer clients can speak, if nothing else is offered."""
    offers = [offer.decode(errors="replace") for offer in _OFFER.findall(answer)]
    known = [o for o in offers if "sha-" not in o.lower()]
    if not offers or known:
        return ""
    return "the camera wants Digest with SHA-256, which FFmpeg cannot"


def _has_port(address: Address) -> bool:
    return ":" in address.host.rpartition("]")[2]


def _head(line: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _LONGEST:
        piece = line.recv(4096)
        if not piece:
            break
        head += piece
    return head
