"""What looks at neighbouring frames: fusion in time, and the rain gate.

`stream` puts all of it around a network, `plane_stream` the same for pictures on a GPU,
`sparse` for a network that is too slow, which `metered` times. `neighbours` is the
temporal step, along the flow of `model.motion`; `rain_gate` tells dry frames,
`gated_planes` acts on it.
"""
