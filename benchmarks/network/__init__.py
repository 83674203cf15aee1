"""How fast networks are alone: by backend and form, against this machine's limits."""
