import ctypes
import gc
import sys

import pytest

from streamer.memory import find_rings_soon, keep_freed_memory


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is of glibc")
def test_glibc_keeps_what_is_freed() -> None:
    assert keep_freed_memory()


def test_where_the_c_library_cannot_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library(_: None) -> object:
        return object()  # without mallopt

    monkeypatch.setattr(ctypes, "CDLL", no_library)

    assert not keep_freed_memory()


class Ring:
    """An object that holds itself."""

    def __init__(self) -> None:
        self.myself = self


def test_rings_are_found_soon_whatever_was_there_before() -> None:
    before = [Ring() for _ in range(50_000)]
    try:
        find_rings_soon()

        assert gc.get_freeze_count() > len(before)
        assert len(gc.get_objects()) < len(before)
    finally:
        gc.unfreeze()
