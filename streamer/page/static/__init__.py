"""The files that a browser gets: one page, its style and its scripts, no build step."""
