"""Live sources: cameras, streams from the network and GStreamer pipelines."""
