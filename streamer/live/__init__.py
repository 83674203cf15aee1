"""Runs of live sources: always the newest frame, for weeks, told by metrics.

`open` opens what a run needs, `pipeline` is the run, `supervisor` keeps several. Inside
a run: `reader` takes the newest frame, `latency` refuses old ones, `freeze` keeps the
output up, `audio` goes around the network. `counters` and `prometheus` tell how it
does; `settings` reads TOML files that name streams.
"""
