"""Tests the wheel instead of the checkout: what is installed is what users get.

`python -m bin.wheel_tree FOLDER` builds the wheel, installs it in an environment of its
own and lays the tests beside it, renamed as the wheel's own code is. The packages of
the checkout are not in FOLDER: whatever a test imports or starts comes from the wheel.
It prints the Python of the environment; pytest runs in FOLDER/tree.
"""

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

from bin.build_hook import DATA, FACE, PACKAGES, Renamer, copy_renamed, modules_in

ROOT = Path(__file__).parents[1]
_BESIDE = ("tests", "benchmarks", "bin", "docs")
_LEFT_OUT = (
    "test_build_hook.py",
    "test_checkout.py",
    "test_face.py",
    "test_law_of_imports.py",
    "test_wheel.py",
)
"""What is about the checkout, or about plain names that must stay as they are."""
_FILES = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "LICENSE-weights",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
)


def build_wheel(folder: Path) -> Path:
    """Builds the wheel of this checkout into `folder`.

    Raises:
        RuntimeError: The build failed.
    """
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    done = subprocess.run(  # noqa: S603 - our own build
        [*command, "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The wheel was not built: {done.stderr}")
    return next(folder.glob("derain-*.whl"))


def make_environment(folder: Path, wheel: Path) -> Path:
    """Makes an environment with the wheel in it, and returns its Python.

    The libraries are lent by the environment that runs this; its own derain is not. A
    path in a .pth file is searched, but .pth files in it, such as the one of an
    editable install, are not read.
    """
    venv.create(folder, with_pip=False, clear=True)
    python = folder / "bin" / "python"
    site = next(folder.glob("lib/python*/site-packages"))
    lent = sysconfig.get_path("purelib")
    (site / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
    zipfile.ZipFile(wheel).extractall(site)  # what pip does with a pure wheel
    return python


def write_tree(folder: Path) -> None:
    """Copies all but the packages to `folder`, with the packages' names renamed."""
    renamer = Renamer(modules_in(ROOT))
    for part in _BESIDE:
        copy_renamed(ROOT / part, folder / part, renamer, leave_out=_LEFT_OUT)
    for data in DATA:
        shutil.copytree(ROOT / data, folder / data)
    for name in _FILES:
        shutil.copy(ROOT / name, folder)


def main() -> None:
    """Makes all three in the folder that is named; what was in it is gone."""
    folder = Path(sys.argv[1]).absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    python = make_environment(folder / "environment", build_wheel(folder))
    write_tree(folder / "tree")
    shared = ROOT.parent / "shared"
    if shared.is_dir():
        (folder / "shared").symlink_to(shared)
    left = [name for name in (*PACKAGES, FACE) if (folder / "tree" / name).exists()]
    if left:
        raise RuntimeError(f"{left} of the checkout would hide the wheel's.")
    sys.stdout.write(f"{python}\n")


if __name__ == "__main__":
    main()
