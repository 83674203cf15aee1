"""Files: videos and pictures, and what of the source goes into them beside the pixels.

`video`, `images`, `piece`, `joined`, `pipe` are the sinks. `container` opens a file,
`place` makes its folder and owns it, `unbuffered_file` keeps a slow disk from stopping
threads; `video_stream` sets the encoder up, `packet_times` and `mp4_repair` put times
right. `copying/` takes the source's other streams over, `live_audio` a camera's;
`pictures/` keeps what photographs carry, `comparison` says what was not kept.
"""
