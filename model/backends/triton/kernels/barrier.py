"""A meeting of all programs of a launch, between the layers that one of them computes.

It holds only where all programs of the grid are on the card at once: such a launch is
cooperative (`Launch.cooperative`), and the driver refuses one that does not fit instead
of letting programs wait for others that never begin.

By the PTX memory model (PTX ISA, "Memory Consistency Model") what a program's threads
stored before their own barrier is seen by whoever acquires what it then releases, and
by the threads behind that one's barrier.
"""

import triton
import triton.language as tl

_LOOKS = tl.constexpr(1 << 20)
"""After so many, about a second, a program goes on: what it then computes is wrong, and
`TritonBackend.check` finds that; a program that waits for ever would take the card."""


@triton.jit
def meet(arrived, number):
    """Returns when every program is here and has stored all that it had to.

    Args:
        arrived: One int32, 0 when the launch begins; of no other launch meanwhile.
        number: How often they have met with this time, from 1.
    """
    wanted = number * tl.num_programs(0)
    tl.debug_barrier()  # the other threads' stores come before this one's release
    seen = tl.atomic_add(arrived, 1, sem="acq_rel", scope="gpu") + 1
    looks = 0
    while (seen < wanted) & (looks < _LOOKS):
        seen = tl.atomic_add(arrived, 0, sem="acquire", scope="gpu")
        looks += 1
    tl.debug_barrier()
