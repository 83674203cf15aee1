"""Convolutions of the light network with what stands around them, in one kernel each.

PReLU, sums, concatenated inputs, the Conv-LSTM's gates and channel means happen in the
registers of the convolution. Products are added in float32.
"""

import triton
import triton.language as tl

from model.backends.triton.kernels.tile import (
    pixels,
    place,
    product,
    store,
    store_gated,
    weights,
)


@triton.jit
def convolved(
    x1,
    x2,
    w,
    picture,
    row,
    column,
    in_h,
    in_w,
    HAS1: tl.constexpr,
    ROOM1: tl.constexpr,
    ROOM2: tl.constexpr,
    OUT: tl.constexpr,
    STRIDE: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
):
    """Returns [pixels, OUT] of a 3x3 convolution with padding 1, in float32."""
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
    return acc


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

    `bias` and all that follows is as in `store`.
    """
    picture = tl.program_id(1).to(tl.int64)
    row, column = place(tl.program_id(0), out_w, HIGH, WIDE)
    acc = convolved(
        x1, x2, w, picture, row, column, in_h, in_w, HAS1, ROOM1, ROOM2, OUT, STRIDE,
        HIGH, WIDE,
    )  # fmt: skip
    store(
        acc,
        bias,
        slope,
        res,
        y,
        sums,
        picture,
        picture * tl.num_programs(0) + tl.program_id(0),
        row,
        column,
        out_h,
        out_w,
        HAS,
        OUT,
        BIAS,
        PRELU,
        SIGN,
        SUMS,
    )


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
    row, column = place(tl.program_id(0), width, HIGH, WIDE)
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
    store_gated(i, j, o, bias, y, row, column, height, width, OUT)
