"""PReLU and its way back, a kernel each, for numbers that lie channels last.

A program works on a run of pixels with all their channels. The way back reads picture
and gradient once: the slopes' gradients are summed in the program, and only the sums of
each are written, to be added up in one order by a kernel behind it.
"""

import triton
import triton.language as tl


@triton.jit
def forwards(x, slope, y, pixels, HAS: tl.constexpr, RUN: tl.constexpr):
    """Fills `y` with `x`, its negative values times their channel's slope."""
    pixel = tl.program_id(0).to(tl.int64) * RUN + tl.arange(0, RUN)
    channel = tl.arange(0, HAS)
    at = pixel[:, None] * HAS + channel[None, :]
    inside = pixel[:, None] < pixels
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    share = tl.load(slope + channel)[None, :].to(tl.float32)
    tl.store(y + at, tl.where(value > 0, value, value * share), mask=inside)


@triton.jit
def backwards(
    x,
    slope,
    given,
    back,
    sums,
    pitch,
    pixels,
    HAS: tl.constexpr,
    RUN: tl.constexpr,
):
    """Fills `back` with the gradient of `x`, and a row of `sums` with the slopes'.

    The pixels of `given` are `pitch` numbers apart. A program takes many runs.
    """
    channel = tl.arange(0, HAS)
    share = tl.load(slope + channel)[None, :].to(tl.float32)
    of_slope = tl.zeros((RUN, HAS), dtype=tl.float32)
    apart = tl.num_programs(0) * RUN
    for start in range(tl.program_id(0) * RUN, pixels, apart):
        pixel = (start + tl.arange(0, RUN)).to(tl.int64)[:, None]
        at, inside = pixel * HAS + channel[None, :], pixel < pixels
        value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
        comes = given + pixel * pitch + channel[None, :]
        gradient = tl.load(comes, mask=inside, other=0.0).to(tl.float32)
        made = tl.where(value > 0, gradient, gradient * share)
        tl.store(back + at, made, mask=inside)
        of_slope += tl.where(value > 0, 0.0, value * gradient)
    tl.store(sums + tl.program_id(0) * HAS + channel, tl.sum(of_slope, axis=0))


@triton.jit
def finish(sums, made, rows, HAS: tl.constexpr, ROWS: tl.constexpr):
    """Fills a row of `made` with the sum of as many `rows` of `sums`, in one order."""
    channel = tl.arange(0, HAS)
    first = tl.program_id(0) * rows
    total = tl.zeros((ROWS, HAS), dtype=tl.float32)
    for start in range(0, rows, ROWS):
        row = start + tl.arange(0, ROWS)[:, None]
        at = (first + row) * HAS + channel[None, :]
        total += tl.load(sums + at, mask=row < rows, other=0.0)
    tl.store(made + tl.program_id(0) * HAS + channel, tl.sum(total, axis=0))
