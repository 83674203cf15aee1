import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from model.backends import cache
from model.backends.cache import (
    changed_values,
    compiled_folder,
    is_sealed,
    kept_values,
    seal,
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def compiled(key: str, content: bytes = bytes(10)) -> Path:
    """Stands for a compilation, which OpenVINO skips where there is a file."""
    with compiled_folder(key) as folder:
        blob = folder / "graph.blob"
        if not blob.is_file():
            blob.write_bytes(content)
    return blob


def test_compiled_graphs_that_take_too_much_lose_the_oldest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blobs = [compiled(name) for name in ("new", "middle", "old")]
    for age, blob in enumerate(blobs):
        os.utime(blob, (1000 - age, 1000 - age))
    monkeypatch.setattr(cache, "_COMPILED_BYTES", 25)

    compiled("new")

    assert [blob.is_file() for blob in blobs] == [True, True, False]


def test_a_compiled_graph_is_kept_until_it_is_damaged_and_that_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    compiled("key", b"whole")
    kept = compiled("key", b"made anew").read_bytes()
    blob = compiled("key")
    assert caplog.messages == []
    blob.write_bytes(b"wh\0le")

    after_damage = compiled("key", b"made anew").read_bytes()

    assert kept == b"whole"
    assert after_damage == b"made anew"
    told = f"{blob} in the cache is damaged or half written: made anew"
    assert caplog.messages == [told]


@pytest.mark.parametrize("damage", [b"", b"ab\0d", b"abcd more"])
def test_files_are_sealed_until_one_of_them_changes(
    tmp_path: Path, damage: bytes
) -> None:
    files = [tmp_path / "graph.xml", tmp_path / "graph.bin"]
    for file in files:
        file.write_bytes(b"abcd")
    assert not is_sealed(files)

    seal(files)
    assert is_sealed(files)
    files[1].write_bytes(damage)

    assert not is_sealed(files)


def test_what_is_not_there_is_not_sealed(tmp_path: Path) -> None:
    assert not is_sealed([])
    assert not is_sealed([tmp_path / "graph.xml"])


def test_two_programs_that_keep_values_at_once_lose_none(tmp_path: Path) -> None:
    path = tmp_path / "values.json"

    def keep(number: int) -> None:
        with changed_values(path) as known:
            known[str(number)] = number

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(keep, range(24)))

    assert sorted(kept_values(path).values()) == list(range(24))


def test_values_that_did_not_change_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "values.json"
    with changed_values(path) as known:
        known["a"] = 1
    written = path.stat().st_mtime_ns, path.stat().st_ino

    with changed_values(path) as known:
        known["a"] = 1

    assert (path.stat().st_mtime_ns, path.stat().st_ino) == written
