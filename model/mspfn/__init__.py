"""MSPFN, file by file beside the paper: Jiang et al., CVPR 2020, arXiv:2003.10985."""
