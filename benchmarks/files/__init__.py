"""How fast files are derained: in one run, and in pieces over several nodes."""
