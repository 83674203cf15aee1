"""Runs of live sources: always the newest frame, for weeks, told by metrics.

`open` opens what a run needs, `pipeline` is the run, `fleet/` keeps several. Inside a
run: `reader` takes the newest frame, `letterbox` brings it to one size, `thinning`
leaves out what is more than wanted, `latency` refuses old ones, `freeze` keeps the
output up, `audio` goes around the network, `pace` sees whether that keeps the camera's
rate, `fitting/` acts where it does not. `metrics/` tells how it does, `watch` looks
beside it.
"""
