"""The temporal step where the network runs: pictures stay on the device.

`flow` says how a scene moves, as `model.motion` defines it, `motion` both ways of it;
`neighbours` remembers frames, `fusion` takes out what they do not show, and `job`
brings the result to the network.
"""
