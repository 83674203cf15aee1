"""A real camera and recording server on loopback, run by the system's Python.

It plays `/camera` and accepts pushes to `/record`. On stdout it prints `up` when it
listens and `got N` for every picture pushed to it; `N` counts from 1.
Usage: /usr/bin/python3 rtsp_peer.py --port 8554 [--size 160x96] [--auth digest] ...
"""

import argparse
import sys
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

ROLE = "viewer"
ENCODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast bitrate=500 "
    "sliced-threads=false key-int-max={gop} ! h264parse config-interval=-1 ! "
    "rtph264pay name=pay0 pt=96",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast bitrate=500 "
    "key-int-max={gop} ! h265parse config-interval=-1 ! rtph265pay name=pay0 pt=96",
    "jpeg": "jpegenc ! rtpjpegpay name=pay0 pt=26",
}
TRANSPORTS = {
    "tcp": GstRtsp.RTSPLowerTrans.TCP,
    "udp": GstRtsp.RTSPLowerTrans.UDP,
}
SOUNDS = {
    "aac": "audio/x-raw,rate=48000,channels=1 ! avenc_aac ! aacparse ! "
    "rtpmp4gpay name=pay1 pt=97",
    "opus": "audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay name=pay1 pt=97",
    "pcm_alaw": "audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay name=pay1",
    "pcm_mulaw": "audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay1",
}
BEEPS = (
    "audiotestsrc name=voice is-live=true wave=ticks volume=1 sine-periods-per-tick=40 "
    "samplesperbuffer=160 ! "
)
FLASH_PICTURES = 3
WHITE, BLACK = 0xFFFFFFFF, 0xFF000000
RECEIVER = "( rtph264depay name=depay0 ! h264parse ! fakesink name=end sync=false )"


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def camera(wanted: argparse.Namespace) -> Any:
    width, height = wanted.size.split("x")
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_shared(True)
    factory.set_latency(0)
    if wanted.only:
        factory.set_protocols(TRANSPORTS[wanted.only])
    if wanted.feedback:
        factory.set_profiles(GstRtsp.RTSPProfile.AVPF)
    encoder = ENCODERS[wanted.codec].format(gop=wanted.gop)
    if "/" in wanted.rate:  # each thread holds a picture back, here for seconds
        encoder = encoder.replace("x264enc ", "x264enc threads=1 ")
    if wanted.lose:
        encoder = encoder.replace("name=pay0", f"mtu={wanted.mtu}")
        encoder += f" ! identity name=pay0 drop-probability={wanted.lose}"
    if wanted.feedback:
        encoder = encoder.replace("name=pay0", "")
        encoder += (
            " ! application/x-rtp,rtcp-fb-nack-pli=(boolean)true ! identity name=pay0"
        )
    pattern = "solid-color" if wanted.flash or wanted.still else "ball"
    rate = wanted.rate if "/" in wanted.rate else f"{wanted.rate}/1"
    factory.set_launch(
        f"( videotestsrc name=lens is-live=true pattern={pattern} ! "
        f"video/x-raw,format=I420,width={width},height={height},"
        f"framerate={rate} ! {encoder} "
        + (BEEPS + SOUNDS[wanted.audio] if wanted.audio else "")
        + " )"
    )
    if wanted.flash:
        factory.connect("media-configure", flash, int(wanted.rate))
    return factory


def flash(_factory: object, media: Any, rate: int) -> None:
    """Makes pictures white for a moment when the audio ticks, once a second.

    Each live source counts from its own start, so the ticks are found by their times.
    """
    element = media.get_element()
    lens, voice = element.get_by_name("lens"), element.get_by_name("voice")
    lens.set_property("foreground-color", BLACK)
    begun = 0

    def heard(_pad: object, info: Any) -> object:
        nonlocal begun
        begun = info.get_buffer().pts
        return Gst.PadProbeReturn.REMOVE

    def drawn(_pad: object, info: Any) -> object:
        step = Gst.SECOND // rate
        since = info.get_buffer().pts + step - begun
        bright = begun and since % Gst.SECOND < FLASH_PICTURES * step
        lens.set_property("foreground-color", WHITE if bright else BLACK)
        return Gst.PadProbeReturn.OK

    kind = Gst.PadProbeType.BUFFER
    voice.get_static_pad("src").add_probe(kind, heard)
    lens.get_static_pad("src").add_probe(kind, drawn)


def recorder() -> Any:
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
    factory.set_launch(RECEIVER)
    factory.set_latency(0)
    count = 0

    def came(_pad: object, _info: object) -> object:
        nonlocal count
        count += 1
        say(f"got {count}")
        return Gst.PadProbeReturn.OK

    def configure(_factory: object, media: Any) -> None:
        end = media.get_element().get_by_name("end")
        end.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, came)

    factory.connect("media-configure", configure)
    return factory


def protect(server: Any, factories: list[Any], wanted: argparse.Namespace) -> None:
    """Asks for a password, TLS or both."""
    auth = GstRtspServer.RTSPAuth.new()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", ROLE)
    if wanted.auth == "basic":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        secret = GstRtspServer.RTSPAuth.make_basic(wanted.user, wanted.password)
        auth.add_basic(secret, token)
    elif wanted.auth == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.set_realm("camera")
        auth.add_digest(wanted.user, wanted.password, token)
    else:
        auth.set_default_token(token)
    if wanted.certificate:
        pair = Gio.TlsCertificate.new_from_files(wanted.certificate, wanted.key)
        auth.set_tls_certificate(pair)
    server.set_auth(auth)
    allowed = f"{ROLE}, media.factory.access=(boolean)true, "
    allowed += "media.factory.construct=(boolean)true;"
    for factory in factories:
        factory.add_role_from_structure(Gst.Structure.from_string(allowed)[0])


def main() -> None:
    """Serves until it is killed or its stdin closes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", required=True)
    parser.add_argument("--size", default="160x96")
    parser.add_argument("--rate", default="25", help="pictures a second, or 1/5")
    parser.add_argument("--still", action="store_true", help="one picture for ever")
    parser.add_argument("--gop", type=int, default=10)
    parser.add_argument("--codec", choices=list(ENCODERS), default="h264")
    parser.add_argument("--audio", choices=list(SOUNDS))
    parser.add_argument("--flash", action="store_true", help="when it ticks")
    parser.add_argument("--lose", type=float, default=0.0, help="share of packets")
    parser.add_argument("--mtu", type=int, default=200, help="where packets get lost")
    parser.add_argument("--feedback", action="store_true", help="takes PLI")
    parser.add_argument("--only", choices=list(TRANSPORTS))
    parser.add_argument("--auth", choices=["basic", "digest"])
    parser.add_argument("--user", default="viewer")
    parser.add_argument("--password", default="")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    wanted = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer.new()
    server.set_address("127.0.0.1")
    server.set_service(wanted.port)
    factories = [camera(wanted), recorder()]
    if wanted.only:
        factories[1].set_protocols(TRANSPORTS[wanted.only])
    mounts = server.get_mount_points()
    for path, factory in zip(("/camera", "/record"), factories, strict=True):
        mounts.add_factory(path, factory)
    if wanted.auth or wanted.certificate:
        protect(server, factories, wanted)
    if server.attach(None) == 0:
        sys.exit(f"port {wanted.port} is taken")
    loop = GLib.MainLoop()
    GLib.io_add_watch(0, GLib.IO_HUP, lambda *_: loop.quit())
    say("up")
    loop.run()


if __name__ == "__main__":
    main()
