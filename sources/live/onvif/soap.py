"""SOAP 1.2 as cameras speak it: envelopes made, read and posted.

What comes is read with care: it is from whoever answers on the network.
"""

import http.client
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError, fromstring

from sources.errors import SourceError

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
_MOST_BYTES = 262_144
_KIND = "application/soap+xml; charset=utf-8"


class RefusedError(SourceError):
    """A device answered that it wants a login."""


def envelope(body: str, *, header: str = "", names: str = "") -> bytes:
    """Returns a message; `names` declares the prefixes of header and body."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<e:Envelope xmlns:e="{ENVELOPE}" {names}><e:Header>{header}</e:Header>'
        f"<e:Body>{body}</e:Body></e:Envelope>"
    ).encode()


def read(data: bytes) -> Element:
    """Returns the root of a message.

    Raises:
        SourceError: It is no XML, or declares entities, which SOAP forbids.
    """
    plain = data.replace(b"\0", b"")  # UTF-16 hides nothing
    if b"<!" in plain.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise SourceError("the answer declares a document type, which SOAP forbids")
    try:
        return fromstring(data)  # noqa: S314 - no document type, so no entities
    except (ParseError, ValueError, LookupError) as error:
        raise SourceError(f"the answer is no XML: {error}") from None


def text_of(part: Element, name: str) -> str:
    """Returns the text of the first descendant of a local name; "" if none has it."""
    found = part.find(f".//{{*}}{name}")
    return printable(found.text or "") if found is not None else ""


def printable(text: str) -> str:
    """Returns the text without what would steer a terminal."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def post(address: str, body: str, *, names: str, seconds: float) -> Element:
    """Sends a request to `http://` and returns the answer.

    Raises:
        RefusedError: The device wants a login.
        SourceError: It does not answer, or not as it should.
    """
    try:
        parts = urlsplit(address)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        link = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=seconds
        )
        try:
            link.request(
                "POST", target, envelope(body, names=names), {"Content-Type": _KIND}
            )
            answer = link.getresponse()
            data = answer.read(_MOST_BYTES)
        finally:
            link.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise SourceError(f"{address}: {error}") from None
    if answer.status == http.HTTPStatus.UNAUTHORIZED or b"NotAuthorized" in data:
        raise RefusedError(f"{address}: wants a login")
    if answer.status != http.HTTPStatus.OK:
        raise SourceError(f"{address}: answered {answer.status}")
    return read(data)
