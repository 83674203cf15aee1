"""Child processes that send: supervised, fed over a pipe, killable.

`child` keeps one, and asks `heartbeat` whether it still works; `stream_feed` holds the
packets of a stream for it, and `push_output` is an output with a child of its own.
`push` and `rtsp_server` are the children's programs; `lifetime` is what they share, and
`rtsp_keepalive` tells the pushing one whether its server lives.
"""
