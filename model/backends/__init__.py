"""What runs a network: PyTorch, OpenVINO, CUDA; chosen by measurement."""
