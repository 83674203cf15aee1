"""The convolutions of stride 1 with their windows brought by the copy engine (TMA).

From Hopper on a tile's nine windows come as boxes of a tensor, straight into shared
memory and from there into the tensor cores: no thread computes an address or holds an
input, and what lies beyond the picture's edge is zero by itself. Everything else is as
in `convolution`, and comes out the same, bit for bit.
"""

import triton
import triton.language as tl

from model.backends.triton.kernels.tile import (
    place,
    product,
    store,
    store_gated,
    weights,
)


@triton.jit
def corner(width, HIGH: tl.constexpr, WIDE: tl.constexpr):
    """Returns row and column where this program's tile begins."""
    across = tl.cdiv(width, WIDE)
    tile = tl.program_id(0)
    return tile // across * HIGH, tile % across * WIDE


@triton.jit
def window(
    box, row, column, HIGH: tl.constexpr, WIDE: tl.constexpr, ROOM: tl.constexpr
):
    """Returns [pixels, ROOM] of this program's picture, from a row and column on."""
    found = box.load([tl.program_id(1), row, column, 0])
    return tl.reshape(found, (HIGH * WIDE, ROOM))


@triton.jit(do_not_specialize=["height", "width"])
def convolve_boxed(
    x1,
    x2,
    w,
    bias,
    slope,
    res,
    y,
    sums,
    height,
    width,
    IN1: tl.constexpr,
    IN2: tl.constexpr,
    HAS: tl.constexpr,
    OUT: tl.constexpr,
    BIAS: tl.constexpr,
    PRELU: tl.constexpr,
    SIGN: tl.constexpr,
    SUMS: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
):
    """As `convolve`; `x1` and `x2` are descriptors of [pictures, height, width, IN]."""
    top, left = corner(width, HIGH, WIDE)
    acc = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    for tap in tl.static_range(9):
        row, column = top + (tap // 3 - 1), left + (tap % 3 - 1)
        first = tap * (IN1 + IN2)
        a = window(x1, row, column, HIGH, WIDE, IN1)
        acc = product(a, weights(w, first, IN1, OUT), acc)
        if IN2 > 0:
            b = window(x2, row, column, HIGH, WIDE, IN2)
            acc = product(b, weights(w, first + IN1, IN2, OUT), acc)
    row, column = place(tl.program_id(0), width, HIGH, WIDE)
    picture = tl.program_id(1).to(tl.int64)
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
        height,
        width,
        HAS,
        OUT,
        BIAS,
        PRELU,
        SIGN,
        SUMS,
    )


@triton.jit(do_not_specialize=["height", "width"])
def gate_boxed(
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
    """As `gate`; `x` is a descriptor of [pictures, height, width, IN]."""
    top, left = corner(width, HIGH, WIDE)
    i = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    j = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    o = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    for tap in tl.static_range(9):
        a = window(x, top + (tap // 3 - 1), left + (tap % 3 - 1), HIGH, WIDE, IN)
        i = product(a, weights(w, tap * IN, IN, OUT), i)
        j = product(a, weights(w, (9 + tap) * IN, IN, OUT), j)
        o = product(a, weights(w, (18 + tap) * IN, IN, OUT), o)
    row, column = place(tl.program_id(0), width, HIGH, WIDE)
    store_gated(i, j, o, bias, y, row, column, height, width, OUT)
