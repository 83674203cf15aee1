"""A block of the fine fusion in one launch: its programs stay, and meet between layers.

On coarse scales a layer has fewer tiles than the card has room for, and its launch
takes longer than its work. Each program here walks through the tiles of all pictures,
from its own number on in steps of their number, layer by layer; a tile is computed as
by the kernels of a layer each, bit for bit.
"""

import triton
import triton.language as tl

from model.backends.triton.kernels.barrier import meet
from model.backends.triton.kernels.convolution import convolved
from model.backends.triton.kernels.small import weigh_one
from model.backends.triton.kernels.tile import place, store
from model.backends.triton.kernels.upsampling import upsample_one


@triton.jit
def _unseen_zero(part, parts):
    """Returns 0, which the compiler does not know: it is less than one part of all.

    Else it computes the weights' addresses once for all tiles, and keeps them in more
    registers than a thread has on an A100.
    """
    return part // parts


@triton.jit
def _convolve_all(
    x,
    w,
    bias,
    slope,
    y,
    sums,
    batch,
    in_h,
    in_w,
    out_h,
    out_w,
    WIDTH: tl.constexpr,
    STRIDE: tl.constexpr,
    BIAS: tl.constexpr,
    PRELU: tl.constexpr,
    SUMS: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
):
    """Does this program's part of what `convolve` does."""
    tiles = tl.cdiv(out_h, HIGH) * tl.cdiv(out_w, WIDE)
    part = tl.program_id(0)
    while part < tiles * batch:
        picture = (part // tiles).to(tl.int64)
        row, column = place(part % tiles, out_w, HIGH, WIDE)
        acc = convolved(
            x, x, w + _unseen_zero(part, tiles * batch), picture, row, column, in_h,
            in_w, WIDTH, WIDTH, 0, WIDTH, STRIDE, HIGH, WIDE,
        )  # fmt: skip
        store(
            acc, bias, slope, y, y, sums, picture, part, row, column, out_h, out_w,
            WIDTH, WIDTH, BIAS, PRELU, 0, SUMS,
        )  # fmt: skip
        part += tl.num_programs(0)


@triton.jit
def _upsample_all(
    x,
    extra,
    share,
    second,
    w,
    slope,
    res,
    y,
    raw,
    batch,
    height,
    width,
    WIDTH: tl.constexpr,
    SECOND: tl.constexpr,
    EXTRA: tl.constexpr,
    RES: tl.constexpr,
    RAW: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
):
    """Does this program's part of what `upsample` does."""
    tiles = tl.cdiv(height, HIGH) * tl.cdiv(width, WIDE)
    part = tl.program_id(0)
    while part < tiles * batch:
        upsample_one(
            x, extra, share, second, w + _unseen_zero(part, tiles * batch), slope, res,
            y, raw, (part // tiles).to(tl.int64), part % tiles, height, width, WIDTH,
            SECOND, WIDTH, EXTRA, RES, RAW, HIGH, WIDE,
        )  # fmt: skip
        part += tl.num_programs(0)


@triton.jit
def _weigh_all(
    sums,
    squeeze,
    squeeze_bias,
    slope,
    excite,
    excite_bias,
    share,
    batch,
    height,
    width,
    WIDTH: tl.constexpr,
    SMALL: tl.constexpr,
    AT_ONCE: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
):
    """Does this program's part of what `weigh` does: as a rule, that of one picture."""
    tiles = tl.cdiv(height, HIGH) * tl.cdiv(width, WIDE)
    picture = tl.program_id(0)
    while picture < batch:
        weigh_one(
            sums, squeeze, squeeze_bias, slope, excite, excite_bias, share,
            picture.to(tl.int64), tiles, height * width, WIDTH, SMALL, AT_ONCE,
        )  # fmt: skip
        picture += tl.num_programs(0)


@triton.jit(do_not_specialize=["batch", "height", "width"])
def block(
    features,
    below,
    climb_w,
    climb_slope,
    seen,
    raw,
    down1_w,
    down1_slope,
    middle,
    down2_w,
    down2_slope,
    bottom,
    first_w,
    first_bias,
    first_slope,
    inner,
    second_w,
    second_bias,
    found,
    sums,
    squeeze,
    squeeze_bias,
    squeeze_slope,
    excite,
    excite_bias,
    share,
    up1_w,
    up1_slope,
    raised,
    up2_w,
    up2_slope,
    y,
    arrived,
    batch,
    height,
    width,
    WIDTH: tl.constexpr,
    SMALL: tl.constexpr,
    CLIMB: tl.constexpr,
    AT_ONCE: tl.constexpr,
    HIGH: tl.constexpr,
    WIDE: tl.constexpr,
    UP_HIGH: tl.constexpr,
    UP_WIDE: tl.constexpr,
):
    """What a module does at one scale: [height, width] in multiples of 4, two strides.

    With CLIMB what the next coarser scale found, `below`, comes up before: `seen` is
    its sum with the features, `raw` what is added. Else `seen` is given. The grid is
    (programs), all of them on the card at once; `arrived` is as `meet` says.
    """
    half_h, half_w = height // 2, width // 2
    low_h, low_w = half_h // 2, half_w // 2
    if CLIMB:
        _upsample_all(
            below, below, below, below, climb_w, climb_slope, features, seen, raw,
            batch, half_h, half_w, WIDTH, 0, False, True, True, UP_HIGH, UP_WIDE,
        )  # fmt: skip
        meet(arrived, 1)
    _convolve_all(
        seen, down1_w, down1_w, down1_slope, middle, sums, batch, height, width,
        half_h, half_w, WIDTH, 2, False, True, False, HIGH, WIDE,
    )  # fmt: skip
    meet(arrived, CLIMB + 1)
    _convolve_all(
        middle, down2_w, down2_w, down2_slope, bottom, sums, batch, half_h, half_w,
        low_h, low_w, WIDTH, 2, False, True, False, HIGH, WIDE,
    )  # fmt: skip
    meet(arrived, CLIMB + 2)
    _convolve_all(
        bottom, first_w, first_bias, first_slope, inner, sums, batch, low_h, low_w,
        low_h, low_w, WIDTH, 1, True, True, False, HIGH, WIDE,
    )  # fmt: skip
    meet(arrived, CLIMB + 3)
    _convolve_all(
        inner, second_w, second_bias, first_slope, found, sums, batch, low_h, low_w,
        low_h, low_w, WIDTH, 1, True, False, True, HIGH, WIDE,
    )  # fmt: skip
    meet(arrived, CLIMB + 4)
    _weigh_all(
        sums, squeeze, squeeze_bias, squeeze_slope, excite, excite_bias, share, batch,
        low_h, low_w, WIDTH, SMALL, AT_ONCE, HIGH, WIDE,
    )  # fmt: skip
    meet(arrived, CLIMB + 5)
    _upsample_all(
        bottom, found, share, bottom, up1_w, up1_slope, raised, raised, raised, batch,
        low_h, low_w, WIDTH, WIDTH, True, False, False, UP_HIGH, UP_WIDE,
    )  # fmt: skip
    meet(arrived, CLIMB + 6)
    _upsample_all(
        raised, raised, share, middle, up2_w, up2_slope, features, y, y, batch, half_h,
        half_w, WIDTH, WIDTH, False, True, False, UP_HIGH, UP_WIDE,
    )  # fmt: skip
