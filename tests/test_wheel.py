import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def an_empty_environment(folder: Path) -> tuple[Path, Path]:
    """Its Python and its site-packages; the libraries are lent, this project is not.

    A path in a .pth file is searched, but .pth files in it, such as the one of an
    editable install, are not read.
    """
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    site = next(folder.glob("lib/python*/site-packages"))
    lent = Path(np.__file__).parents[1]
    (site / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
    return python, site


@pytest.mark.slow
def test_the_wheel_derains_in_an_empty_environment_from_another_folder(
    tmp_path: Path,
) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path,
        folder=ROOT)  # fmt: skip
    python, site = an_empty_environment(tmp_path / "env")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    wheel = next(tmp_path.glob("derain-*.whl"))
    zipfile.ZipFile(wheel).extractall(site)  # what pip does with a pure wheel
    where = run(python, "-c", "import model; print(model.__file__)", folder=elsewhere)
    run(python, "-m", "streamer.cli.main", "run", "test:rain?size=96x64&frames=3",
        "out.mp4", folder=elsewhere)  # fmt: skip

    assert Path(where.strip()).is_relative_to(site)
    names = zipfile.ZipFile(wheel).namelist()
    assert "model/shipped/mspfn-lite.safetensors" in names
    assert "model/shipped/mspfn-lite.md" in names
    assert "configs/train_lite_cpu.toml" in names
    assert "model/backends/cuda/kernels.cu" in names
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]
    with av.open(elsewhere / "out.mp4") as clip:
        assert sum(1 for _ in clip.decode(video=0)) == 3
