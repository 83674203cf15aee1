"""Convolutions of the light network with what stands around them, in one kernel each.

PReLU, sums, concatenated inputs, the Conv-LSTM's gates and channel means happen in the
registers of the convolution. Products are added in float32.
"""

import triton
import triton.language as tl

from model.backends.triton.tile import pixels, place, prelu, product, tanh, weights


@triton.jit(do_not_specialize=["in_h", "in_w", "out_h", "out_w"])
def convolve(
    x1,
    x2,
    w,
    bias,
    slope,
    res,
    y,
    sums,
    in_h,
    in_w,
    out_h,
    out_w,
    HAS1: tl.constexpr,
    ROOM1: tl.constexpr,
    ROOM2: tl.constexpr,
    HAS: tl.constexpr,
    OUT: tl.constexpr,
    STRIDE: tl.constexpr,
    BIAS: tl.constexpr,
    PRELU: tl.constexpr,
    SIGN: tl.constexpr,
    SUMS: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
):
    """3x3 with padding 1 over one or two inputs, which count as concatenated.

    SIGN: 1 adds the result to `res`, -1 subtracts it from there, 0 does neither.
    `sums`: [pictures, tiles, OUT], each channel's sum over a tile, if SUMS.
    """
    picture = tl.program_id(1).to(tl.int64)
    row, column = place(out_w, HIGH, WIDE)
    x1 += picture * in_h * in_w * HAS1
    x2 += picture * in_h * in_w * ROOM2
    acc = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    for tap in tl.static_range(9):
        up, left = row * STRIDE + (tap // 3 - 1), column * STRIDE + (tap % 3 - 1)
        first = tap * (ROOM1 + ROOM2)
        a = pixels(x1, up, left, in_h, in_w, HAS1, ROOM1)
        acc = product(a, weights(w, first, ROOM1, OUT), acc)
        if ROOM2 > 0:
            b = pixels(x2, up, left, in_h, in_w, ROOM2, ROOM2)
            acc = product(b, weights(w, first + ROOM1, ROOM2, OUT), acc)
    channel = tl.arange(0, OUT)
    if BIAS:
        acc += tl.load(bias + channel)[None, :].to(tl.float32)
    if PRELU:
        acc = prelu(acc, slope, OUT)
    keep = ((row < out_h) & (column < out_w))[:, None] & (channel[None, :] < HAS)
    if SUMS:
        tile = picture * tl.num_programs(0) + tl.program_id(0)
        tl.store(sums + tile * OUT + channel, tl.sum(tl.where(keep, acc, 0.0), 0))
    at = (picture * out_h * out_w + row * out_w + column)[:, None] * HAS
    at += channel[None, :]
    if SIGN != 0:
        acc = tl.load(res + at, mask=keep, other=0.0).to(tl.float32) + SIGN * acc
    tl.store(y + at, acc.to(y.dtype.element_ty), mask=keep)


@triton.jit(do_not_specialize=["height", "width"])
def gate(
    x,
    w,
    bias,
    y,
    height,
    width,
    IN: tl.constexpr,
    OUT: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
):
    """First step of a Conv-LSTM: three convolutions for gates i, j, o, and its output.

    `w` holds the three kernels one after the other, `bias` [3, OUT].
    """
    picture = tl.program_id(1).to(tl.int64)
    row, column = place(width, HIGH, WIDE)
    x += picture * height * width * IN
    i = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    j = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    o = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    for tap in tl.static_range(9):
        up, left = row + (tap // 3 - 1), column + (tap % 3 - 1)
        a = pixels(x, up, left, height, width, IN, IN)
        i = product(a, weights(w, tap * IN, IN, OUT), i)
        j = product(a, weights(w, (9 + tap) * IN, IN, OUT), j)
        o = product(a, weights(w, (18 + tap) * IN, IN, OUT), o)
    channel = tl.arange(0, OUT)
    i += tl.load(bias + channel)[None, :].to(tl.float32)
    j += tl.load(bias + OUT + channel)[None, :].to(tl.float32)
    o += tl.load(bias + 2 * OUT + channel)[None, :].to(tl.float32)
    made = tl.sigmoid(o) * tanh(tl.sigmoid(i) * tanh(j))
    at = (picture * height * width + row * width + column)[:, None] * OUT
    keep = ((row < height) & (column < width))[:, None] & (channel[None, :] < OUT)
    tl.store(y + at + channel[None, :], made.to(y.dtype.element_ty), mask=keep)
