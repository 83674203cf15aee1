"""Asks one ONVIF camera for its stream addresses, as far as it tells without a login.

ONVIF core and media services: GetCapabilities names the media service, GetProfiles its
streams, GetStreamUri the address of each.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from sources.errors import SourceError
from sources.live.onvif.discovery import Camera
from sources.live.onvif.soap import RefusedError, post, printable, text_of

_NAMES = (
    'xmlns:t="http://www.onvif.org/ver10/device/wsdl" '
    'xmlns:m="http://www.onvif.org/ver10/media/wsdl" '
    'xmlns:s="http://www.onvif.org/ver10/schema"'
)
_MOST_PROFILES = 16
WANTS_LOGIN = "tells its streams only with a login"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStream:
    """One stream that a camera offers."""

    profile: str
    address: str
    """`rtsp://...`; a login that the camera put in it stands there as it came."""
    width: int
    """0 if the camera does not say; so is the height."""
    height: int
    encoding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a camera tells of its streams."""

    streams: tuple[CameraStream, ...] = ()
    problem: str = ""
    """Why there are none; empty if there are."""


def streams_of(camera: Camera, *, seconds: float) -> Told:
    """Asks a camera without a login; only at the host that answered the probe.

    Args:
        camera: As it was found.
        seconds: How long each of its answers is waited for.
    """
    if not camera.service:
        return Told(problem="can be asked at no http:// address of its own")
    try:
        return Told(streams=tuple(_streams(camera, seconds)))
    except RefusedError:
        return Told(problem=WANTS_LOGIN)
    except SourceError as error:
        return Told(problem=printable(str(error)))


def _streams(camera: Camera, seconds: float) -> list[CameraStream]:
    ask = "<t:GetCapabilities><t:Category>Media</t:Category></t:GetCapabilities>"
    told = post(camera.service, ask, names=_NAMES, seconds=seconds)
    media = told.find(".//{*}Media")
    service = text_of(media, "XAddr") if media is not None else ""
    if not camera.is_at(service):
        raise SourceError("names no media service of its own")
    profiles = post(service, "<m:GetProfiles/>", names=_NAMES, seconds=seconds)
    found = []
    for profile in profiles.findall(".//{*}Profiles")[:_MOST_PROFILES]:
        token = profile.get("token", "")
        video = profile.find(".//{*}VideoEncoderConfiguration")
        found.append(
            CameraStream(
                profile=text_of(profile, "Name") or printable(token),
                address=_address(service, token, seconds),
                width=_number(text_of(video, "Width")) if video is not None else 0,
                height=_number(text_of(video, "Height")) if video is not None else 0,
                encoding=text_of(video, "Encoding") if video is not None else "",
            )
        )
    if not found:
        raise SourceError("names no stream")
    return found


def _address(service: str, token: str, seconds: float) -> str:
    ask = (
        "<m:GetStreamUri><m:StreamSetup><s:Stream>RTP-Unicast</s:Stream><s:Transport>"
        "<s:Protocol>RTSP</s:Protocol></s:Transport></m:StreamSetup>"
        f"<m:ProfileToken>{escape(token)}</m:ProfileToken></m:GetStreamUri>"
    )
    address = text_of(post(service, ask, names=_NAMES, seconds=seconds), "Uri")
    if not address.startswith(("rtsp://", "rtsps://")):
        raise SourceError("names no rtsp:// address")
    return address


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
