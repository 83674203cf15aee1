"""Live outputs: push, serve, HLS and recordings."""
