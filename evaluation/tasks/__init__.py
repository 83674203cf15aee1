"""Judges deraining by what it does for detectors and segmenters.

`labels` reads what people marked, `judges` runs the networks of others, `figures`
scores the one by the other. The idea is the paper's: Jiang et al., CVPR 2020,
arXiv:2003.10985, section 4.3.3.
"""
