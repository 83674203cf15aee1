"""What makes training steps cheaper on a GPU, with the same numbers.

`squares` keeps pictures in one piece of memory and gathers crops from it,
`half_weights` trains in 16 bit, `fused_prelu` computes PReLU in `prelu_kernels`,
`summed_network` the sums by `fused_sums` in `sum_kernels`, and `step_graph` captures a
step and replays it.
"""
