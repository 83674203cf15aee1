"""Thin things that stand in the truth, for the network to leave: drawn on crops."""
