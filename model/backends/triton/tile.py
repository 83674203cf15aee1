"""Parts of the kernels: a tile of pixels, its loads, weights, PReLU.

A program works on a tile of HIGH x WIDE pixels, not on a run of a row: neighbours' nine
windows then overlap within a tile and come from the cache of its multiprocessor
(docs/gpu.md). The grid is (tiles, pictures); numbers of 16 bit, channels last.
"""

import triton
import triton.language as tl

_INTERPRETED = tl.constexpr(triton.knobs.runtime.interpret)
"""Triton's interpreter multiplies the bits of bf16, as if they were whole numbers."""


@triton.jit
def place(width, HIGH: tl.constexpr, WIDE: tl.constexpr):
    """Returns row and column of each pixel of this program's tile."""
    across = tl.cdiv(width, WIDE)
    tile = tl.program_id(0)
    one = tl.arange(0, HIGH * WIDE)
    row = tile // across * HIGH + one // WIDE
    return row, tile % across * WIDE + one % WIDE


@triton.jit
def pixels(x, row, column, height, width, HAS: tl.constexpr, ROOM: tl.constexpr):
    """Returns [pixels, ROOM] of a picture with HAS channels; zeros beyond its edges."""
    channel = tl.arange(0, ROOM)
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    mask = inside[:, None]
    if ROOM != HAS:
        mask = mask & (channel[None, :] < HAS)
    at = (row * width + column)[:, None] * HAS + channel[None, :]
    return tl.load(x + at, mask=mask, other=0.0)


@triton.jit
def weights(w, first, ROOM: tl.constexpr, OUT: tl.constexpr):
    """Returns [ROOM, OUT] of the packed weights, from row `first` on."""
    inputs, outputs = tl.arange(0, ROOM), tl.arange(0, OUT)
    return tl.load(w + (first + inputs)[:, None] * OUT + outputs[None, :])


@triton.jit
def product(a, b, acc):
    """Returns `acc` with the matrix product added, in float32."""
    if _INTERPRETED:  # exact: 16-bit numbers have their products in float32
        a, b = a.to(tl.float32), b.to(tl.float32)
    return tl.dot(a, b, acc)


@triton.jit
def prelu(x, slope, OUT: tl.constexpr):
    """Returns `x`, its negative values times their channel's slope."""
    share = tl.load(slope + tl.arange(0, OUT))[None, :].to(tl.float32)
    return tl.where(x >= 0, x, x * share)


@triton.jit
def tanh(x):
    """Returns the hyperbolic tangent, which Triton's interpreter lacks."""
    return 2 * tl.sigmoid(2 * x) - 1
