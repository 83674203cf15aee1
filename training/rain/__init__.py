"""Rain made in batches: streaks, their mixing, weather, and what encoders do to it.

Rain: `streaks`, `rainmix`, `near_drops`, `layers` of others, kept ready in `pool`.
`weather` lays it over a picture, `scenery` adds what stays in the truth,
`codec_artifacts` what an encoder does; `sampling` draws numbers. `still` is all of it
for one picture, `fitting/` finds the style of real pairs.
"""
