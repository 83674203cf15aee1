"""PyTorch's network with its operations fused by `torch.compile`.

`backend` runs it; `cache` keeps what its compiler makes apart and whole, for training
and for the graphs of CUDA too.
"""
