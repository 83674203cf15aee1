"""Weights: those that ship with the program, and files that a user brings.

`tensors` reads and writes them; `header` says what such a file is, without PyTorch.
"""
