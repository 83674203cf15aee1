"""Pictures as the networks take them.

`pixels` are RGB arrays, `planes` luma and chroma; `coverage` says how much of a picture
rain was taken out of.
"""
