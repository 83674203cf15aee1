"""Runs methods over pictures and clips, and measures in worker processes."""
