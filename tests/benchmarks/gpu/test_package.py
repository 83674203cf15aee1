import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from benchmarks.gpu import package
from tests.conftest import PROJECT


def test_pyav_is_unpacked_where_it_is_missing_and_only_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "av"
    inside.mkdir()
    (inside / "__init__.py").touch()
    with tarfile.open(tmp_path / package.ARCHIVE, "w:xz") as packed:
        packed.add(inside, arcname="av")
    assert package.unpacked(tmp_path) is None
    monkeypatch.setattr(package, "find_spec", lambda _name: None)

    folder = package.unpacked(tmp_path, tmp_path / "target")

    assert folder is not None
    assert (folder / "av" / "__init__.py").is_file()


@pytest.mark.slow
def test_the_command_starts_without_pyav() -> None:
    code = (
        "import sys; sys.modules['av'] = None; sys.modules['openvino'] = None\n"
        "import benchmarks.gpu.__main__, benchmarks.gpu.training\n"
        "assert 'torch' not in sys.modules\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )

    assert done.returncode == 0, done.stderr
