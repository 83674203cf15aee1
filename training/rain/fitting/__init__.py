"""Finds the rain style that is like the rain of real pairs, by its `statistics`."""
