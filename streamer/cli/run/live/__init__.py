"""`derain run` for live sources: one or a file of them, told to people and systemd."""
