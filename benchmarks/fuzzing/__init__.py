"""Damaged input for the real program: made, run, and what may come of it."""
