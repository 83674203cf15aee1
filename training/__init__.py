"""Training: rain made on the fly, losses, and the loop."""
