"""Encoders: which one, with which options, for files and for live streams."""
