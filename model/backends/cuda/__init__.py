"""The backend for NVIDIA GPUs: streams, captured graphs and colour kernels."""
