"""Drawn footage: a street, and rain that moves."""
