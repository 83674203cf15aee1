"""Parts of the kernels: a tile of pixels, its loads, weights, PReLU, what is stored.

A program works on a tile of HIGH x WIDE pixels, not on a run of a row: neighbours' nine
windows then overlap within a tile and come from the cache of its multiprocessor
(docs/gpu.md). Where nothing else is said the grid is (tiles, pictures); numbers of
16 bit, channels last.
"""

import triton
import triton.language as tl

_INTERPRETED = tl.constexpr(triton.knobs.runtime.interpret)
"""Triton's interpreter multiplies the bits of bf16, as if they were whole numbers."""


@triton.jit
def place(tile, width, HIGH: tl.constexpr, WIDE: tl.constexpr):
    """Returns row and column of each pixel of a tile, which count row by row."""
    across = tl.cdiv(width, WIDE)
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


@triton.jit
def store(
    acc,
    bias,
    slope,
    res,
    y,
    sums,
    picture,
    part,
    row,
    column,
    height,
    width,
    HAS: tl.constexpr,
    OUT: tl.constexpr,
    BIAS: tl.constexpr,
    PRELU: tl.constexpr,
    SIGN: tl.constexpr,
    SUMS: tl.constexpr,
):
    """Stores what a convolution's products became: bias, PReLU, sums and `res` done.

    SIGN: 1 adds the result to `res`, -1 subtracts it from there, 0 does neither.
    `sums`: [pictures * tiles, OUT], each channel's sum over a tile, if SUMS; this one's
    row is `part`.
    """
    channel = tl.arange(0, OUT)
    if BIAS:
        acc += tl.load(bias + channel)[None, :].to(tl.float32)
    if PRELU:
        acc = prelu(acc, slope, OUT)
    keep = ((row < height) & (column < width))[:, None] & (channel[None, :] < HAS)
    if SUMS:
        tl.store(sums + part * OUT + channel, tl.sum(tl.where(keep, acc, 0.0), 0))
    at = (picture * height * width + row * width + column)[:, None] * HAS
    at += channel[None, :]
    if SIGN != 0:
        acc = tl.load(res + at, mask=keep, other=0.0).to(tl.float32) + SIGN * acc
    tl.store(y + at, acc.to(y.dtype.element_ty), mask=keep)


@triton.jit
def store_gated(i, j, o, bias, y, row, column, height, width, OUT: tl.constexpr):
    """Stores the output of a Conv-LSTM's first step; `bias` is [3, OUT]."""
    picture = tl.program_id(1).to(tl.int64)
    channel = tl.arange(0, OUT)
    i += tl.load(bias + channel)[None, :].to(tl.float32)
    j += tl.load(bias + OUT + channel)[None, :].to(tl.float32)
    o += tl.load(bias + 2 * OUT + channel)[None, :].to(tl.float32)
    made = tl.sigmoid(o) * tanh(tl.sigmoid(i) * tanh(j))
    at = (picture * height * width + row * width + column)[:, None] * OUT
    keep = ((row < height) & (column < width))[:, None]
    tl.store(y + at + channel[None, :], made.to(y.dtype.element_ty), mask=keep)
