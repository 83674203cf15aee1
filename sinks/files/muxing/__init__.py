"""Media files as FFmpeg writes them.

`container` opens one, `unbuffered_file` keeps a slow disk from stopping threads,
`video_stream` sets the encoder up. `packet_times` and `mp4_repair` put times right.
"""
