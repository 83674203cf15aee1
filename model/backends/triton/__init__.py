"""The backend for NVIDIA GPUs that runs the light network in kernels of its own."""
