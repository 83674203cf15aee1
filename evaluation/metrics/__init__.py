"""Measures of a picture, in numpy, after their definitions; no network, no files.

Pictures are uint8 RGB [height, width, 3], planes float64 [height, width] in 0 to 255.
"""
