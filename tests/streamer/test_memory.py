import ctypes
import sys

import pytest

from streamer.memory import keep_freed_memory


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is of glibc")
def test_glibc_keeps_what_is_freed() -> None:
    assert keep_freed_memory()


def test_where_the_c_library_cannot_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library(_: None) -> object:
        return object()  # without mallopt

    monkeypatch.setattr(ctypes, "CDLL", no_library)

    assert not keep_freed_memory()
