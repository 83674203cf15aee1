"""What a figure depends on besides pictures and weights: code and packages."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

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
def made_by(*packages: str) -> str:
    """Returns a hash of what makes figures: code, and the data that lies beside it.

    It also changes with the versions of the packages of others.

    Args:
        packages: Of ours; of each the files in its own folder, without folders below.
    """
    digest = hashlib.sha256(repr(versions()).encode())
    for package in packages:
        entries = sorted(files(package).iterdir(), key=lambda entry: entry.name)
        for file in entries:
            if file.is_file() and not file.name.endswith((".pyc", ".md", ".css")):
                digest.update(file.read_bytes())
    return digest.hexdigest()
