"""Several live streams: one network for all, and no stream stops another.

`settings` reads the TOML file that names them, `supervisor` keeps them, each a `member`
on a thread of its own that may have `hours`. On several machines (`hosts`) each has a
`station`, and `spread` gives streams to them, as `placement` decides.
"""
