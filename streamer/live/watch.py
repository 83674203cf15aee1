"""A thread beside a run that looks at it again and again, until a block ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

_LAST_SECONDS = 2.0


@contextmanager
def watching(
    look: Callable[[Event], None],
    name: str,
    *,
    last_seconds: float = _LAST_SECONDS,
    wake: Callable[[], None] | None = None,
) -> Iterator[None]:
    """Runs `look` on a thread until the block ends.

    Args:
        look: Given what is set at the end; it waits on it between two looks.
        name: Of the thread.
        last_seconds: How long its last look is waited for.
        wake: Called when the end is set, where `look` waits on something else too.
    """
    done = Event()
    thread = Thread(target=look, args=(done,), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        if wake is not None:
            wake()
        thread.join(last_seconds)
