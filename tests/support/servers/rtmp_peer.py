"""A real RTMP server that plays to the one client that comes, through FFmpeg.

A process of its own: FFmpeg waits for the client while it holds Python's lock. Of the
muxers only `tee` hands `listen` on. Usage: rtmp_peer.py rtmp://127.0.0.1:1935/live/x
"""

import sys
import time

import av
from av.codec.context import Flags

RATE = 25
ZERO_DELAY = {"tune": "zerolatency", "preset": "ultrafast", "g": "10"}


def main() -> None:
    with av.open(f"[f=flv:listen=1]{sys.argv[1]}", "w", format="tee") as out:
        stream = out.add_stream("libx264", rate=RATE, options=ZERO_DELAY)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        stream.codec_context.flags |= Flags.global_header
        while True:
            out.mux(stream.encode(av.VideoFrame(160, 96, "yuv420p")))
            time.sleep(1 / RATE)


if __name__ == "__main__":
    main()
