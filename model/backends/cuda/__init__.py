"""The backend for NVIDIA GPUs: streams, captured graphs and colour kernels.

`backend` is what others use. `plan` holds memory and graph of a size, `jobs` what is
done for one picture, `pending` a picture under way, `turning` and `coverage` what is
done to it there. `streams` are CUDA's streams and events as roles. `kernels` are the
colour kernels, which `reference_kernels` defines. `trials` asks cuDNN; `temporal/` is
the temporal step.
"""
