"""Parts of `check`, is it right: kernels and network, decoding, the GPU tests."""
