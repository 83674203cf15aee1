"""Pictures as the networks take them: RGB arrays (`pixels`), luma and chroma (`planes`).

`coverage` says how much of a picture rain was taken out of.
"""
