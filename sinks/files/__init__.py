"""Files: videos and pictures, and what of the source goes into them beside the pixels.

`video`, `images`, `piece`, `joined`, `pipe` are the sinks. `place` makes the folder of
an output and owns it, `muxing/` writes media files. `copying/` takes the source's other
streams over, `live_audio` a camera's; `pictures/` keeps what photographs carry,
`comparison` says what was not kept.
"""
