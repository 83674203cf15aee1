"""The way of a frame through a run, from the source to the sink.

`runner` has the threads of every run, `file` the run of a file. In the order of a
frame: `channel` hands it over, `scheduler` keeps the network busy, `submit` converts
and starts it in the memory of `buffers`, `output` stores what comes
back, with `side_by_side` for comparisons. `stats` and `report` tell how it went;
`gpu/` decodes there, and hands on planes.
"""
