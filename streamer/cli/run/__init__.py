"""`derain run`: files and live sources, checked, run and shown."""
