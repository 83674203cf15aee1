"""Work on many machines: Ray says who does which piece, and nothing else.

Only paths and small values travel through it, never frames and never passwords. Nothing
below the command line imports it.
"""
