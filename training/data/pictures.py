"""Clean pictures, decoded once and kept on the training device, to crop from."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from model.cores import cores
from sources.errors import SourceError
from sources.pictures.files import PICTURE_SUFFIXES, read_rgb
from training.device.squares import PictureStore, Square
from training.errors import TrainingError
from training.rain.sampling import host_generator

Pictures = Float[Tensor, "batch 3 height width"]


@dataclass(frozen=True, slots=True)
class TrainingFile:
    """One file that training saw: its path below the folder, and its SHA-256."""

    name: str
    sha256: str


def picture_files(folder: Path) -> list[Path]:
    """Returns the pictures below a folder, sorted by path.

    Raises:
        TrainingError: The folder is not there or holds none.
    """
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES)
    if not files:
        kinds = ", ".join(sorted(PICTURE_SUFFIXES))
        raise TrainingError(f"Expected pictures ({kinds}) below {folder}; found none.")
    return files


def read_picture(path: Path) -> Tensor:
    """Returns a picture as RGB uint8 [3, height, width].

    Raises:
        TrainingError: The file cannot be read as a picture.
    """
    try:
        rgb = read_rgb(path, exif=True)
    except SourceError as error:
        raise TrainingError(f"Expected a picture: {error}") from None
    return torch.from_numpy(rgb).permute(2, 0, 1).contiguous()


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file, in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hashed(path: Path) -> tuple[str, Tensor]:
    return sha256_of(path), read_picture(path)


class CleanPictures:
    """Pictures without rain; one thread draws crops from them."""

    def __init__(self, folders: Sequence[Path], device: torch.device) -> None:
        self.files: list[TrainingFile] = []
        pictures: list[Tensor] = []
        with ThreadPoolExecutor(cores()) as threads:
            for folder in folders:
                paths = picture_files(folder)
                for path, read in zip(paths, threads.map(_hashed, paths), strict=True):
                    digest, picture = read
                    name = path.relative_to(folder).as_posix()
                    self.files.append(TrainingFile(name, digest))
                    pictures.append(picture)
        self._store = PictureStore(pictures, device)

    @property
    def smallest_side(self) -> int:
        """Pixels of the shortest side of all pictures."""
        return min(min(shape) for shape in self._store.sizes)

    def crops(self, count: int, size: int, generator: torch.Generator) -> Pictures:
        """Returns random squares, mirrored and turned at random, RGB in [0, 1].

        Pictures are drawn by their area: every pixel is as likely to be seen. One that
        is smaller than `size` is never drawn.

        Raises:
            TrainingError: No picture is large enough.
        """
        areas = [_places(shape, size) for shape in self._store.sizes]
        if not any(areas):
            raise TrainingError(
                f"Expected pictures of at least {size} x {size} pixels to crop from; "
                f"none of {len(areas)} is."
            )
        weights = torch.tensor(areas, dtype=torch.float64)
        cpu = host_generator(generator)
        chosen = torch.multinomial(weights, count, replacement=True, generator=cpu)
        draws = torch.rand((count, 4), generator=cpu).tolist()
        pairs = zip(chosen.tolist(), draws, strict=True)
        squares = [self._square(index, draw, size) for index, draw in pairs]
        return self._store.cut(squares, size).to(torch.float32) / 255

    def _square(self, index: int, draws: Sequence[float], size: int) -> Square:
        height, width = self._store.sizes[index]
        return Square(
            picture=index,
            top=int(draws[0] * (height - size + 1)),
            left=int(draws[1] * (width - size + 1)),
            turns=int(draws[2] * 4),
            mirrored=draws[3] < 0.5,
        )


def _places(shape: tuple[int, int], size: int) -> int:
    height, width = shape
    return max(0, height - size + 1) * max(0, width - size + 1)
