"""What `prepare` packed, seen from the machine with the GPU.

Such a machine has Python, PyTorch, cupy and Triton, and neither PyAV nor OpenVINO nor
git. Nothing here loads PyAV, which is not there yet, or PyTorch.
"""

import os
import tarfile
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir

from benchmarks.support.measure import PROJECT, child_environment

FOLDER = PROJECT / ".gpu"
ARCHIVE = "av.tar.xz"
CACHES = {"CUPY_CACHE_DIR": "cupy", "TRITON_CACHE_DIR": "triton"}


def unpacked(package: Path, target: Path | None = None) -> Path | None:
    """Unpacks PyAV where it is missing; returns the folder to find it in, or None."""
    archive = package / ARCHIVE
    if find_spec("av") is not None or not archive.is_file():
        return None
    folder = target or Path(gettempdir()) / "derain-gpu-packages"
    if not (folder / "av").is_dir():
        with tarfile.open(archive, "r:xz") as packed:
            packed.extractall(folder, filter="tar")
    return folder


def environment(package: Path) -> dict[str, str]:
    """Returns the environment of a part: it finds PyAV, and compiles once for all."""
    known = child_environment()
    path = [known["PYTHONPATH"]]
    if folder := unpacked(package):
        path.append(str(folder))
    caches = {
        name: str(Path(gettempdir()) / f"derain-gpu-{kind}")
        for name, kind in CACHES.items()
    }
    return {
        **caches,
        **known,
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONUNBUFFERED": "1",
        "LD_LIBRARY_PATH": _libraries(),
    }


def packed_commit(package: Path) -> str:
    """Returns the commit that was packed, or "unknown"."""
    try:
        return (package / "commit").read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def _libraries() -> str:
    """Adds where images keep the driver's decoder, beside the loader's folders."""
    places = (Path("/usr/local/nvidia/lib64"), Path("/usr/lib/x86_64-linux-gnu"))
    found = [str(place) for place in places if (place / "libnvcuvid.so.1").exists()]
    before = os.environ.get("LD_LIBRARY_PATH")
    return os.pathsep.join([*found, *([before] if before else [])])
