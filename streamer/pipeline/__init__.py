"""The way of a frame through a run: channel, scheduler, buffers, output, report."""
