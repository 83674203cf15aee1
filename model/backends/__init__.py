"""What runs a network: PyTorch, OpenVINO, CUDA; chosen by measurement.

`base` is the role. `select` opens what is asked for, `autotune` measures what is
fastest. Backends: `torch_backend`, `compiled`, and the folders `openvino/`, `cuda/`,
`triton/`. Around any of them: `any_size`, `tiling`, `tiling_fallback`, which `memory`
decides on. `cache` and `compiled_cache` keep what is slow to make.
"""
