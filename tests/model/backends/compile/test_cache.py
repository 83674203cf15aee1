import os
import subprocess
import sys
from pathlib import Path

import pytest

from model.backends.compile.cache import (
    Compilation,
    code_folder,
    delete_what_broke_off,
)
from tests.conftest import PROJECT, child_environment

TINY = """
import numpy as np, torch
from model.backends.compile.backend import CompiledBackend
class Tiny(torch.nn.Module):
    def forward(self, x):
        return torch.sin(x) * x
network = Tiny()
backend = CompiledBackend(network, device="cpu", precision="fp32")
out = np.zeros((8, 8, 3), np.uint8)
backend.start(np.arange(192, dtype=np.uint8).reshape(8, 8, 3), out).wait()
backend.close()
print(out.tolist())
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return code_folder()


def compiled(home: Path) -> str:
    """Compiles and runs a tiny network in a process of its own."""
    known = child_environment()
    known.pop("TORCHINDUCTOR_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", TINY],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**known, "XDG_CACHE_HOME": str(home)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.compiled
def test_a_run_recovers_from_a_library_that_is_broken(
    folder: Path, tmp_path: Path
) -> None:
    expected = compiled(tmp_path)
    libraries = list(folder.rglob("*.so"))
    for library in libraries:
        library.write_bytes(b"half of it")

    found = compiled(tmp_path)

    assert libraries
    assert found == expected
    assert all(path.stat().st_size > 100 for path in folder.rglob("*.so"))


def written(folder: Path, name: str, *, seconds_ago: float) -> Path:
    path = folder / "ab" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"code")
    then = path.stat().st_mtime - seconds_ago
    os.utime(path, (then, then))
    return path


def test_what_was_written_since_a_kill_is_deleted_and_nothing_else(
    folder: Path,
) -> None:
    older = written(folder, "older.so", seconds_ago=60)
    half = written(folder, "half.so", seconds_ago=0)
    (folder / "compiling" / "999999").write_bytes(b"")  # nobody holds it

    delete_what_broke_off(folder)

    assert older.exists()
    assert not half.exists()
    assert not any((folder / "compiling").iterdir())


def test_what_another_process_compiles_now_is_left_to_it(folder: Path) -> None:
    compilation = Compilation(folder)
    compilation.begins()
    half = written(folder, "half.so", seconds_ago=0)

    delete_what_broke_off(folder)

    assert half.exists()
    compilation.ends()
    assert not any((folder / "compiling").iterdir())
