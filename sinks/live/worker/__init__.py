"""Child processes that send: supervised, fed over a pipe, killable.

`child` keeps one `process`, asks `heartbeat` whether it still works and says through
`complaints` why not. `stream_feed` holds the packets of a stream for it, `fed_output`
is what outputs share, `push_output` an output with a child of its own.
`push` is a child's program, `lifetime` its side of its life; `rtsp_server/` is another,
on the system's Python. `rtsp_client/` asks servers how they do.
"""
