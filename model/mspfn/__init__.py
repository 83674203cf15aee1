"""MSPFN, file by file beside the paper: Jiang et al., CVPR 2020, arXiv:2003.10985.

`variants` lists the family, `network` builds a member of `pyramid`, `conv_lstm`,
`attention`, `fusion` and `layers`; `size` counts what it trains. `phases` is the same
network in a form for CPUs, `tensorflow_import` reads its authors' checkpoints.
"""
