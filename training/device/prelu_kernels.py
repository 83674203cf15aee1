"""PReLU and its way back, a kernel each, for numbers that lie channels last.

A program works on a run of pixels with all their channels. The way back reads picture
and gradient once: the slopes' gradients are summed in the program, and only the sums of
each are written, to be added up in one order.
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
    x, slope, given, back, sums, pixels, HAS: tl.constexpr, RUN: tl.constexpr
):
    """Fills `back` with the gradient of `x`, and a row of `sums` with the slopes'."""
    pixel = tl.program_id(0).to(tl.int64) * RUN + tl.arange(0, RUN)
    channel = tl.arange(0, HAS)
    at = pixel[:, None] * HAS + channel[None, :]
    inside = pixel[:, None] < pixels
    value = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
    gradient = tl.load(given + at, mask=inside, other=0.0).to(tl.float32)
    share = tl.load(slope + channel)[None, :].to(tl.float32)
    tl.store(back + at, tl.where(value > 0, gradient, gradient * share), mask=inside)
    of_slope = tl.where(value > 0, 0.0, value * gradient)
    tl.store(sums + tl.program_id(0) * HAS + channel, tl.sum(of_slope, axis=0))
