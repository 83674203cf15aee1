"""The network as a run sees it: opened, shared by streams, turned upright."""
