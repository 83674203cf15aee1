"""The work on one piece: what a worker does, on this machine or another."""
