"""Live sources: network streams, pipelines and cameras, each reconnecting.

`opener` goes from an address to a source. `stream` makes one source of many connections
(`Connection`): `network/` through FFmpeg and on a GPU, `gstreamer/` in a child,
`camera` on a thread of its own (`threaded_reader`). `reconnect`
says when to try again and `disconnect` why, `timestamps` gives one timeline,
`key_frame_gate` refuses damaged pictures, `onvif/` finds cameras.
"""
