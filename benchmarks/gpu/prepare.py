"""Packs what a machine with a GPU lacks: PyAV, clips, pictures, and the calls to make.

All of it lies in one folder that git ignores, and travels with the working tree in at
most 64 MiB. Pictures and clips are read from a folder of the user's; none is committed.
"""

import random
import shutil
import subprocess
import sys
import tarfile
from collections import defaultdict
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from benchmarks.gpu.package import ARCHIVE
from benchmarks.gpu.parts import WHOLE_S
from benchmarks.support.drawn_clip import write_clip
from benchmarks.support.measure import PROJECT, commit

LIMIT_BYTES = 64 * 2**20
_SPARE_BYTES = 1_500_000
"""For the archive's own overhead."""
_CLIPS = (
    "dashcam_1280x720.mp4",
    "hard_cases/torchcodec/testsrc2_odd_height_and_width_vp9.mp4",
    "hard_cases/torchcodec/h264_10bits.mp4",
    "hard_cases/torchcodec/bt601_full_range.mp4",
    "hard_cases/torchcodec/testsrc2_av1_10bit.mp4",
    "hard_cases/vali/test_res_change.h264",
)
"""Below `videos`; one that is missing is said and left out."""
_MOST = "bsds"
"""The kind of pictures, by the begin of their names, that gets half of the room."""


def prepare(data: Path, package: Path) -> str:
    """Makes the package; returns what is in it, in a few lines.

    Args:
        data: Holds `train/clean*`, `val` and `videos`.
        package: A folder of its own; what it held is replaced, PyAV is kept.

    Raises:
        FileNotFoundError: The data lack training pictures or `val`.
        ValueError: The package does not fit the limit.
    """
    for name in ("clips", "train"):
        shutil.rmtree(package / name, ignore_errors=True)
    (package / "clips").mkdir(parents=True)
    (package / "train" / "clean").mkdir(parents=True)
    (package / "commit").write_text(commit() + "\n", encoding="ascii")
    missing = _clips(data / "videos", package / "clips")
    pack_av(package / ARCHIVE)
    shutil.copytree(data / "val", package / "train" / "val", copy_function=shutil.copy)
    tree = tree_bytes()
    room = LIMIT_BYTES - _SPARE_BYTES - tree - size_of(package)
    pictures = _by_kind(sorted(data.glob("train/clean*/*.jpg")))
    if not pictures:
        raise FileNotFoundError(f"{data}/train/clean*: no .jpg in there.")
    drawn = drawn_by_kind(pictures, room)
    for path in drawn:
        shutil.copy(path, package / "train" / "clean" / path.name)
    whole = tree + size_of(package)
    if whole > LIMIT_BYTES:
        raise ValueError(f"The tree and {package} take {whole} bytes of {LIMIT_BYTES}.")
    lines = [f"{package}: {size_of(package) / 1e6:.1f} MB, the tree {tree / 1e6:.1f}"]
    lines += [f"{len(drawn)} of {sum(map(len, pictures.values()))} pictures"]
    lines += [f"left out, for it is not in {data}/videos: {name}" for name in missing]
    return "\n".join(lines) + "\n"


def _clips(videos: Path, target: Path) -> list[str]:
    """Copies clips, and draws two; returns those that are missing."""
    missing = [name for name in _CLIPS if not (videos / name).is_file()]
    for name in _CLIPS:
        if name not in missing:
            shutil.copy(videos / name, target)
    write_clip(target / "h264_1920x1080.mp4", 12, (1920, 1080))
    write_clip(
        target / "hevc10_640x360.mp4",
        25,
        (640, 360),
        codec="libx265",
        pixel_format="yuv420p10le",
    )
    return missing


def pack_av(archive: Path) -> None:
    """Packs PyAV for Python 3.12 without its symbols, unless it is packed already."""
    if archive.is_file():
        return
    with TemporaryDirectory() as folder:
        wheels, work = Path(folder) / "wheels", Path(folder) / "work"
        _run(
            [
                *(sys.executable, "-m", "pip", "download", "-q", "--no-deps"),
                *("--only-binary=:all:", "--python-version", "3.12"),
                *("--implementation", "cp", "--abi", "abi3", "--abi", "cp312"),
                *("--platform", "manylinux_2_28_x86_64", "-d", str(wheels)),
                f"av=={version('av')}",
            ]
        )
        (wheel,) = wheels.glob("*.whl")
        with ZipFile(wheel) as packed:
            packed.extractall(work)  # noqa: S202 - from the package index
        libraries = [str(path) for path in work.rglob("*.so*")]
        _run(["strip", "--strip-unneeded", *libraries])
        beside = archive.with_suffix(".part")
        with tarfile.open(beside, "w:xz", preset=6) as packed_anew:
            packed_anew.add(work, arcname=".")
        beside.replace(archive)


def _run(words: Sequence[str]) -> None:
    subprocess.run(words, check=True)  # noqa: S603 - pip and strip


def _by_kind(paths: Sequence[Path]) -> dict[str, list[Path]]:
    kinds: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        kinds[path.name.partition("_")[0]].append(path)
    return dict(kinds)


def drawn_by_kind(kinds: dict[str, list[Path]], room: float) -> list[Path]:
    """Draws pictures that fit `room` bytes, the same ones each time.

    `bsds` gets half of it, the others share the rest as they are.
    """
    sizes = {kind: sum(map(_size, paths)) for kind, paths in kinds.items()}
    others = sum(size for kind, size in sizes.items() if kind != _MOST)
    half = 0.5 if others and _MOST in kinds else 0.0
    rng, drawn = random.Random(1), []  # noqa: S311 - a draw, no secret
    for kind, paths in kinds.items():
        if kind == _MOST:
            share = room * (half or 1.0)
        else:
            share = room * (1 - half) * sizes[kind] / others
        for path in rng.sample(paths, len(paths)):
            if _size(path) <= share:
                share -= _size(path)
                drawn.append(path)
    return drawn


def _size(path: Path) -> int:
    return path.stat().st_size


def size_of(folder: Path) -> int:
    """Returns the bytes of all files below a folder."""
    return sum(_size(path) for path in folder.rglob("*") if path.is_file())


def tree_bytes() -> int:
    """Returns the bytes of the working tree that travels: what git does not ignore."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],  # noqa: S607
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = [PROJECT / name for name in told.stdout.split("\0") if name]
    return sum(_size(path) for path in paths if path.is_file())


def calls(train_s: float) -> str:
    """Returns what to call on the machine, as a text; `OUT` is what comes back."""
    program = "python3 -m benchmarks.gpu"
    check, speed = (
        f'{program} {phase} --seconds {seconds:.0f} --out "$OUT"'
        for phase, seconds in WHOLE_S.items()
    )
    return (
        "On the machine with the GPU, in the root of the tree, .gpu carried along:\n"
        f"1. {check}; {speed}\n"
        f'2. {program} train --seconds {train_s:.0f} --out "$OUT"\n'
        f"The first ends within {sum(WHOLE_S.values()) + 5:.0f} s, "
        f"the second within {train_s:.0f} s.\n"
    )
