"""What runs a network: PyTorch, OpenVINO, CUDA; chosen by measurement.

`base` is the role. `devices` knows which there are, `select` opens what is asked for,
`autotune` measures what is fastest. Backends: `torch_backend` and the folders
`openvino/`, `compile/`, `cuda/`, `triton/`. Around any of them: `any_size`, `tiling`,
`tiling_fallback`, which `memory` decides on. `cache` keeps what is slow to make.
"""
