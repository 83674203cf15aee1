"""`derain bench`: what this machine does, alone and from end to end."""
