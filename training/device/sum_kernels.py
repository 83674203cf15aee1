"""PReLU with the sum behind it, and attention's weighted sum, for channels last.

A program works on a run of pixels with all their channels, as in `prelu_kernels`: what
it adds up over pixels is written once for each program, to be added up in one order.
"""

import triton
import triton.language as tl


@triton.jit
def activated(value, slope, channel):
    """Returns float32 features, the negative ones times their channel's slope."""
    share = tl.load(slope + channel)[None, :].to(tl.float32)
    return tl.where(value > 0, value, value * share)


@triton.jit
def way_back(x, slope, gradient, back, at, inside, channel):
    """Fills `back` with the gradient of `x`; returns each pixel's of the slopes."""
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    share = tl.load(slope + channel)[None, :].to(tl.float32)
    tl.store(back + at, tl.where(value > 0, gradient, gradient * share), mask=inside)
    return tl.where(value > 0, 0.0, value * gradient)


@triton.jit
def add(
    skip,
    first,
    slope1,
    second,
    slope2,
    made,
    kept,
    pixels,
    HAS: tl.constexpr,
    RUN: tl.constexpr,
    TWO: tl.constexpr,
    KEEP: tl.constexpr,
):
    """Fills `made` with `skip` plus one map or TWO after PReLU; KEEPs the first."""
    pixel = tl.program_id(0).to(tl.int64) * RUN + tl.arange(0, RUN)
    channel = tl.arange(0, HAS)
    at = pixel[:, None] * HAS + channel[None, :]
    inside = pixel[:, None] < pixels
    total = tl.load(skip + at, mask=inside, other=0.0).to(tl.float32)
    value = tl.load(first + at, mask=inside, other=0.0).to(tl.float32)
    value = activated(value, slope1, channel)
    if KEEP:
        tl.store(kept + at, value, mask=inside)
    total += value
    if TWO:
        value = tl.load(second + at, mask=inside, other=0.0).to(tl.float32)
        total += activated(value, slope2, channel)
    tl.store(made + at, total, mask=inside)


@triton.jit
def add_back(
    first,
    slope1,
    second,
    slope2,
    given,
    given_kept,
    back1,
    back2,
    sums,
    pitch,
    pitch_kept,
    pixels,
    HAS: tl.constexpr,
    RUN: tl.constexpr,
    TWO: tl.constexpr,
    KEEP: tl.constexpr,
):
    """Fills `back1` and `back2` with the maps' gradients, rows of `sums` with slopes'.

    That of `skip` is `given` itself. `given_kept` is the gradient of what was kept. The
    pixels of both are their pitch apart. A program takes many runs.
    """
    channel = tl.arange(0, HAS)
    of_slope1 = tl.zeros((RUN, HAS), dtype=tl.float32)
    of_slope2 = tl.zeros((RUN, HAS), dtype=tl.float32)
    for start in range(tl.program_id(0) * RUN, pixels, tl.num_programs(0) * RUN):
        pixel = (start + tl.arange(0, RUN)).to(tl.int64)[:, None]
        at, inside = pixel * HAS + channel[None, :], pixel < pixels
        comes = given + pixel * pitch + channel[None, :]
        gradient = tl.load(comes, mask=inside, other=0.0).to(tl.float32)
        if TWO:
            of_slope2 += way_back(second, slope2, gradient, back2, at, inside, channel)
        if KEEP:
            comes = given_kept + pixel * pitch_kept + channel[None, :]
            gradient += tl.load(comes, mask=inside, other=0.0).to(tl.float32)
        of_slope1 += way_back(first, slope1, gradient, back1, at, inside, channel)
    row = tl.program_id(0)
    tl.store(sums + row * HAS + channel, tl.sum(of_slope1, axis=0))
    if TWO:
        row += tl.num_programs(0)
        tl.store(sums + row * HAS + channel, tl.sum(of_slope2, axis=0))


@triton.jit
def weigh(x, y, weight, made, pixels, HAS: tl.constexpr, RUN: tl.constexpr):
    """Fills `made` with `x` plus `y` times its picture's weight for each channel."""
    pixel = tl.program_id(0) * RUN + tl.arange(0, RUN)
    channel = tl.arange(0, HAS)
    picture = tl.program_id(1).to(tl.int64)
    at = (picture * pixels + pixel[:, None]) * HAS + channel[None, :]
    inside = pixel[:, None] < pixels
    own = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    value = tl.load(y + at, mask=inside, other=0.0).to(tl.float32)
    share = tl.load(weight + picture * HAS + channel)[None, :].to(tl.float32)
    tl.store(made + at, own + value * share, mask=inside)


@triton.jit
def weights_back(y, given, sums, pitch, pixels, HAS: tl.constexpr, RUN: tl.constexpr):
    """Fills a row of `sums` with the gradient of a picture's weights from some runs."""
    channel = tl.arange(0, HAS)
    picture = tl.program_id(1).to(tl.int64)
    total = tl.zeros((RUN, HAS), dtype=tl.float32)
    for start in range(tl.program_id(0) * RUN, pixels, tl.num_programs(0) * RUN):
        pixel = start + tl.arange(0, RUN)[:, None]
        place, inside = picture * pixels + pixel, pixel < pixels
        own, comes = y + place * HAS, given + place * pitch
        value = tl.load(own + channel[None, :], mask=inside, other=0.0)
        gradient = tl.load(comes + channel[None, :], mask=inside, other=0.0)
        total += value.to(tl.float32) * gradient.to(tl.float32)
    row = picture * tl.num_programs(0) + tl.program_id(0)
    tl.store(sums + row * HAS + channel, tl.sum(total, axis=0))


@triton.jit
def weigh_back(
    given,
    weight,
    given_mean,
    back,
    pitch,
    pixels,
    HAS: tl.constexpr,
    RUN: tl.constexpr,
):
    """Fills `back` with the gradient of `y`: through the product and through its mean.

    `given_mean` is the gradient of the mean over the picture.
    """
    pixel = tl.program_id(0) * RUN + tl.arange(0, RUN)[:, None]
    channel = tl.arange(0, HAS)
    picture = tl.program_id(1).to(tl.int64)
    place, inside = picture * pixels + pixel, pixel < pixels
    comes = given + place * pitch + channel[None, :]
    gradient = tl.load(comes, mask=inside, other=0.0).to(tl.float32)
    share = tl.load(weight + picture * HAS + channel)[None, :].to(tl.float32)
    mean = tl.load(given_mean + picture * HAS + channel)[None, :].to(tl.float32)
    at = place * HAS + channel[None, :]
    tl.store(back + at, gradient * share + mean / pixels, mask=inside)
