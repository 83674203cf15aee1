"""What a figure depends on besides pictures and weights: code, packages, machine.

For benchmarks and `derain doctor` too.
"""

import hashlib
import os
import platform
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from model.cores import cores

_ROOT = Path(__file__).parents[1]
"""Where the packages lie: the checkout, or the installed `derain`."""
_PACKAGES = ("derain", "numpy", "scipy", "opencv-python-headless", "torch", "openvino")
NOT_INSTALLED = "not installed"


def package_versions(*packages: str) -> dict[str, str]:
    """Returns the version of each package, or `NOT_INSTALLED`."""
    found: dict[str, str] = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = NOT_INSTALLED
    return found


def versions() -> dict[str, str]:
    """Returns the versions of this program and of the packages that do the work."""
    found = package_versions(*_PACKAGES)
    return {name: text for name, text in found.items() if text != NOT_INSTALLED}


def machine() -> dict[str, Any]:
    """Returns what speed depends on: processor, cores, memory, load, system."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": _processor(),
        "cores": cores(),
        "memory_gib": round(memory / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
    }


def _processor() -> str:
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        names = [line for line in lines if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.machine()


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
