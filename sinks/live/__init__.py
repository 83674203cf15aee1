"""Live sinks: push to a server, be one, HLS and recordings.

`opener` goes from an address to a sink. `sink` encodes once and hands each packet to
its outputs (`output` says what one is): a child that pushes (`worker/`) or serves
(`serving/`), `hls`, `recorder`; those on a disk run on a thread of their own
(`threaded_output`).
`remux` puts packets into a container.
"""
