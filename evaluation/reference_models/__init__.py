"""Parameter files of others that metrics need: read, checked, or fitted anew."""
