"""Transposed convolutions of stride 2 with PReLU, attention before and sums behind.

Each input pixel becomes four: every place of the even and odd rows and columns sees
one, two or four of its inputs, so nothing is multiplied by the zeros between them.
"""

import triton
import triton.language as tl

from model.backends.triton.kernels.tile import pixels, place, prelu, product, weights


@triton.jit
def _attended(
    x, extra, share, row, column, height, width, IN: tl.constexpr, EXTRA: tl.constexpr
):
    """Returns pixels of `x`, with those of `extra` times their channel's share."""
    a = pixels(x, row, column, height, width, IN, IN)
    if EXTRA:
        b = pixels(extra, row, column, height, width, IN, IN).to(tl.float32)
        part = tl.load(share + tl.arange(0, IN))[None, :]
        a = (a.to(tl.float32) + b * part).to(a.dtype)
    return a


@triton.jit
def _spread(
    x,
    extra,
    share,
    row,
    column,
    height,
    width,
    w,
    first,
    STEP: tl.constexpr,
    IN: tl.constexpr,
    OUT: tl.constexpr,
    EXTRA: tl.constexpr,
    ee,
    eo,
    oe,
    oo,
):
    """Adds what one input gives to even and odd rows (first letter) and columns."""
    a = _attended(x, extra, share, row, column, height, width, IN, EXTRA)
    ee = product(a, weights(w, first + 4 * STEP, IN, OUT), ee)
    eo = product(a, weights(w, first + 5 * STEP, IN, OUT), eo)
    oe = product(a, weights(w, first + 7 * STEP, IN, OUT), oe)
    oo = product(a, weights(w, first + 8 * STEP, IN, OUT), oo)
    a = _attended(x, extra, share, row, column + 1, height, width, IN, EXTRA)
    eo = product(a, weights(w, first + 3 * STEP, IN, OUT), eo)
    oo = product(a, weights(w, first + 6 * STEP, IN, OUT), oo)
    a = _attended(x, extra, share, row + 1, column, height, width, IN, EXTRA)
    oe = product(a, weights(w, first + STEP, IN, OUT), oe)
    oo = product(a, weights(w, first + 2 * STEP, IN, OUT), oo)
    a = _attended(x, extra, share, row + 1, column + 1, height, width, IN, EXTRA)
    oo = product(a, weights(w, first, IN, OUT), oo)
    return ee, eo, oe, oo


@triton.jit
def _finish(
    acc,
    slope,
    res,
    y,
    raw,
    at,
    keep,
    OUT: tl.constexpr,
    RES: tl.constexpr,
    RAW: tl.constexpr,
):
    """Stores one of the four pixels that each input pixel becomes."""
    made = prelu(acc, slope, OUT)
    kind = y.dtype.element_ty
    if RAW:
        tl.store(raw + at, made.to(kind), mask=keep)
    if RES:
        made += tl.load(res + at, mask=keep, other=0.0).to(tl.float32)
    tl.store(y + at, made.to(kind), mask=keep)


@triton.jit
def upsample_one(
    x1,
    extra,
    share,
    x2,
    w,
    slope,
    res,
    y,
    raw,
    picture,
    tile,
    height,
    width,
    IN1: tl.constexpr,
    IN2: tl.constexpr,
    OUT: tl.constexpr,
    EXTRA: tl.constexpr,
    RES: tl.constexpr,
    RAW: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
):
    """Does what `upsample` says, for one tile of one picture."""
    row, column = place(tile, width, HIGH, WIDE)
    size = picture * height * width
    ee = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    eo = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    oe = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    oo = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    ee, eo, oe, oo = _spread(
        x1 + size * IN1, extra + size * IN1, share + picture * IN1, row, column,
        height, width, w, 0, IN1 + IN2, IN1, OUT, EXTRA, ee, eo, oe, oo,
    )  # fmt: skip
    if IN2 > 0:
        ee, eo, oe, oo = _spread(
            x2 + size * IN2, x2, share, row, column, height, width, w, IN1, IN1 + IN2,
            IN2, OUT, False, ee, eo, oe, oo,
        )  # fmt: skip
    keep = ((row < height) & (column < width))[:, None]
    at = (4 * size + 4 * row * width + 2 * column)[:, None] * OUT
    at += tl.arange(0, OUT)[None, :]
    below = at + 2 * width * OUT
    _finish(ee, slope, res, y, raw, at, keep, OUT, RES, RAW)
    _finish(eo, slope, res, y, raw, at + OUT, keep, OUT, RES, RAW)
    _finish(oe, slope, res, y, raw, below, keep, OUT, RES, RAW)
    _finish(oo, slope, res, y, raw, below + OUT, keep, OUT, RES, RAW)


@triton.jit(do_not_specialize=["height", "width"])
def upsample(
    x1,
    extra,
    share,
    x2,
    w,
    slope,
    res,
    y,
    raw,
    height,
    width,
    IN1: tl.constexpr,
    IN2: tl.constexpr,
    OUT: tl.constexpr,
    EXTRA: tl.constexpr,
    RES: tl.constexpr,
    RAW: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
):
    """Transposed 3x3 of stride 2 (padding 1, output padding 1) and PReLU.

    Its input is `x1`, with EXTRA `x1 + extra * share`, concatenated with `x2` if IN2.
    `y` is the result, with RES its sum with `res`; `raw` the result without that sum.
    """
    upsample_one(
        x1, extra, share, x2, w, slope, res, y, raw, tl.program_id(1).to(tl.int64),
        tl.program_id(0), height, width, IN1, IN2, OUT, EXTRA, RES, RAW, HIGH, WIDE,
    )  # fmt: skip


@triton.jit
def _sum_of_two(
    first,
    second,
    slope1,
    slope2,
    res,
    y,
    at,
    keep,
    OUT: tl.constexpr,
):
    """Stores one of the four pixels: both climbs after their PReLUs, and `res`."""
    made = prelu(first, slope1, OUT) + prelu(second, slope2, OUT)
    made += tl.load(res + at, mask=keep, other=0.0).to(tl.float32)
    tl.store(y + at, made.to(y.dtype.element_ty), mask=keep)


@triton.jit(do_not_specialize=["height", "width"])
def climb(
    x1,
    x2,
    w1,
    w2,
    slope1,
    slope2,
    res,
    y,
    height,
    width,
    IN: tl.constexpr,
    OUT: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
):
    """Two transposed convolutions of one size, each with its PReLU, added to `res`.

    What two coarser scales give to the full one: one after the other would read and
    write the full-size sum twice.
    """
    picture = tl.program_id(1).to(tl.int64)
    row, column = place(tl.program_id(0), width, HIGH, WIDE)
    size = picture * height * width
    nothing = tl.zeros((HIGH * WIDE, OUT), tl.float32)
    ee1, eo1, oe1, oo1 = _spread(
        x1 + size * IN, x1, x1, row, column, height, width, w1, 0, IN, IN, OUT,
        False, nothing, nothing, nothing, nothing,
    )  # fmt: skip
    ee2, eo2, oe2, oo2 = _spread(
        x2 + size * IN, x2, x2, row, column, height, width, w2, 0, IN, IN, OUT,
        False, nothing, nothing, nothing, nothing,
    )  # fmt: skip
    keep = ((row < height) & (column < width))[:, None]
    at = (4 * size + 4 * row * width + 2 * column)[:, None] * OUT
    at += tl.arange(0, OUT)[None, :]
    below = at + 2 * width * OUT
    _sum_of_two(ee1, ee2, slope1, slope2, res, y, at, keep, OUT)
    _sum_of_two(eo1, eo2, slope1, slope2, res, y, at + OUT, keep, OUT)
    _sum_of_two(oe1, oe2, slope1, slope2, res, y, below, keep, OUT)
    _sum_of_two(oo1, oo2, slope1, slope2, res, y, below + OUT, keep, OUT)
