"""Keeps the memory of a run small and steady, and its large arrays quick to get.

glibc returns every freed block above 128 kB to the kernel, and the next picture pays
for it in page faults: 16 ms of system time for one 1280x720 float picture, measured.
"""

import ctypes
import gc

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> bool:
    """Tells glibc to reuse large blocks; False where the C library cannot."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    mmap_done = mallopt(_M_MMAP_THRESHOLD, 1 << 30)
    return bool(mmap_done and mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1))


def find_rings_soon() -> None:
    """Has Python look for objects that hold each other as soon as there are some.

    It does so once there are a quarter more objects than before. After a start there
    are 65,000: PyAV's containers, each a ring with megabytes behind it, lay about for
    minutes of reconnects. What exists now is left out of the count, and out of the
    search, which takes less than a millisecond then. For programs, not for libraries.
    """
    gc.collect()
    gc.freeze()
