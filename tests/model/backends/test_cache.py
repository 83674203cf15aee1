import os
from pathlib import Path

import pytest

from model.backends import cache as graph_cache


def test_compiled_graphs_that_take_too_much_lose_the_oldest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(graph_cache, "_COMPILED_BYTES", 25)
    folder = graph_cache.compiled_folder()
    for age, name in enumerate(("new", "middle", "old")):
        blob = folder / f"{name}.blob"
        blob.write_bytes(bytes(10))
        os.utime(blob, (1000 - age, 1000 - age))

    graph_cache.compiled_folder()

    assert {blob.stem for blob in folder.iterdir()} == {"new", "middle"}
