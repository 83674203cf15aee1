"""Parts of `speed`: how fast. The network, whole runs, training steps, a trace."""
