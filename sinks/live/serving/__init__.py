"""Being an RTSP server: one child process for all streams of one port.

`place` is what a `serve://` address says, `ports` keeps the ports of a process, `port`
tells the child of one which streams it has, and `output` is one stream.
"""
