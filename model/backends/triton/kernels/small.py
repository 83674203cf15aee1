"""The two small kernels: channel attention's shares, and the pyramid of the picture.

Sums over a picture come by tile and are added here in one order, so that a result does
not depend on what else runs.
"""

import triton
import triton.language as tl

from model.backends.triton.kernels.tile import place


@triton.jit
def weigh_one(
    sums,
    squeeze,
    squeeze_bias,
    slope,
    excite,
    excite_bias,
    share,
    picture,
    tiles,
    pixels,
    WIDTH: tl.constexpr,
    SMALL: tl.constexpr,
    AT_ONCE: tl.constexpr,
):
    """Channel attention: from each channel's sums by tile to its share, in (0, 1)."""
    channel, few = tl.arange(0, WIDTH), tl.arange(0, SMALL)
    total = tl.zeros((WIDTH,), tl.float32)
    for begin in range(0, tiles, AT_ONCE):
        tile = begin + tl.arange(0, AT_ONCE)
        at = (picture * tiles + tile)[:, None] * WIDTH + channel[None, :]
        part = tl.load(sums + at, mask=(tile < tiles)[:, None], other=0.0)
        total += tl.sum(part, 0)
    mean = total / pixels
    table = tl.load(squeeze + few[:, None] * WIDTH + channel[None, :]).to(tl.float32)
    hidden = tl.sum(table * mean[None, :], 1)
    hidden += tl.load(squeeze_bias + few).to(tl.float32)
    negative = hidden * tl.load(slope + few).to(tl.float32)
    hidden = tl.where(hidden >= 0, hidden, negative)
    table = tl.load(excite + channel[:, None] * SMALL + few[None, :]).to(tl.float32)
    made = tl.sum(table * hidden[None, :], 1)
    made += tl.load(excite_bias + channel).to(tl.float32)
    tl.store(share + picture * WIDTH + channel, tl.sigmoid(made))


@triton.jit(do_not_specialize=["tiles", "pixels"])
def weigh(
    sums,
    squeeze,
    squeeze_bias,
    slope,
    excite,
    excite_bias,
    share,
    tiles,
    pixels,
    WIDTH: tl.constexpr,
    SMALL: tl.constexpr,
    AT_ONCE: tl.constexpr,
):
    """Channel attention of each picture, one program for each.

    `share` is float32 [pictures, WIDTH].
    """
    weigh_one(
        sums, squeeze, squeeze_bias, slope, excite, excite_bias, share,
        tl.program_id(0).to(tl.int64), tiles, pixels, WIDTH, SMALL, AT_ONCE,
    )  # fmt: skip


@triton.jit(do_not_specialize=["in_h", "in_w"])
def halve(x, y, in_h, in_w, HIGH: tl.constexpr, WIDE: tl.constexpr):
    """A level of the Gaussian pyramid: 5x5 binomial around every even pixel, RGB.

    Beyond the edges the picture is reflected; height and width are even.
    """
    picture = tl.program_id(1).to(tl.int64)
    out_h, out_w = in_h // 2, in_w // 2
    row, column = place(tl.program_id(0), out_w, HIGH, WIDE)
    channel = tl.arange(0, 4)
    keep = ((row < out_h) & (column < out_w))[:, None] & (channel[None, :] < 3)
    acc = tl.zeros((HIGH * WIDE, 4), tl.float32)
    for tap in tl.static_range(25):
        down, right = tap // 5 - 2, tap % 5 - 2
        r, c = tl.abs(2 * row + down), tl.abs(2 * column + right)
        r = tl.minimum(r, 2 * (in_h - 1) - r)
        c = tl.minimum(c, 2 * (in_w - 1) - c)
        at = (picture * in_h * in_w + r * in_w + c)[:, None] * 3 + channel[None, :]
        part = tl.load(x + at, mask=keep, other=0.0).to(tl.float32)
        # 6, 4 and 1 for a distance of 0, 1 and 2: a polynomial in its square.
        above, beside = down * down, right * right
        high = 6 - 2.25 * above + 0.25 * above * above
        wide = 6 - 2.25 * beside + 0.25 * beside * beside
        acc += part * (high * wide / 256)
    at = (picture * out_h * out_w + row * out_w + column)[:, None] * 3
    tl.store(y + at + channel[None, :], acc.to(y.dtype.element_ty), mask=keep)
