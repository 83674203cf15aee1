"""How live streams do: delay, audio in time, faults, changes under way, hours of it.

Delay: `bench_latency`, and `bench_audio` beside pictures. What goes wrong:
`bench_faults`, and `soak` for hours. What operators do: `bench_fleet_change`,
`bench_page`.
"""
