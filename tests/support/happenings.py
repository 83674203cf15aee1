"""Something that happened to a stream, as events tell of it."""

from streamer.events.event import Happening, Kind

RAIN = Happening(
    kind=Kind.RAIN_BEGINS, stream="gate", time=1_795_000_000.5, text="gate: rain"
)
