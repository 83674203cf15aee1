"""Child processes that send: supervised, fed over a pipe, killable.

`supervisor` runs in the parent, and asks `heartbeat` whether a child still works.
`push` and `rtsp_server` are the children's programs; `lifetime` is what they share, and
`rtsp_keepalive` tells the pushing one whether its server lives.
"""
