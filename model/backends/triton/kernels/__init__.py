"""The kernels, their parts, and how they are started: only `start` may be imported.

`tile` and `barrier` are parts; `convolution`, `boxed`, `upsampling`, `small` and
`persistent` hold kernels. All of them load Triton.
"""
