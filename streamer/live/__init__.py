"""Runs of live sources: always the newest frame, for weeks, told by metrics."""
