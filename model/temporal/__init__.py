"""What looks at neighbouring frames: optical flow, fusion in time, the rain gate.

`stream` puts all of it around a network, `plane_stream` the same for pictures on a GPU,
`sparse` for a network that is too slow, which `metered` times. `optical_flow` and
`neighbours` are the temporal step; `rain_gate` tells dry frames, `gated_planes` acts on
it.
"""
