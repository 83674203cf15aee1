"""What a figure depends on besides pictures and weights: code and packages."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_ROOT = Path(__file__).parents[1]
"""Where the packages lie: the checkout, or the installed `derain`."""
_PACKAGES = ("derain", "numpy", "scipy", "opencv-python-headless", "torch", "openvino")


def versions() -> dict[str, str]:
    """Returns the versions of this program and of the packages that do the work."""
    found: dict[str, str] = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


@cache
def code_hash(*packages: str) -> str:
    """Returns a hash of what makes figures: code, and the data that lies beside it.

    It also changes with the versions of the packages of others.

    Args:
        packages: Of ours, by name; of each all files, in the folders below it too.
    """
    digest = hashlib.sha256(repr(versions()).encode())
    for package in packages:
        for file in _files_below(_ROOT / package):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _files_below(folder: Path) -> Iterator[Path]:
    """Yields what lies in a folder and below it, in one order on every machine."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files_below(entry)
        elif not entry.name.endswith((".pyc", ".md", ".css")):
            yield entry
