"""How live streams do: delay, audio in time, faults, changes under way, hours of it."""
