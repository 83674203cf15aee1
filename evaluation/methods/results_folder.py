"""A method whose pictures another program has made already: a folder of its results."""

import hashlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.frames import frames_of
from evaluation.methods.streams import Stream
from evaluation.metrics.luma import RgbArray
from evaluation.pictures import picture_files, read_picture, sha256_of
from evaluation.sets.clips import VIDEO_SUFFIXES
from sources.pictures.files import PICTURE_SUFFIXES, is_picture


class ResultsFolder:
    """Pictures or clips in a folder, each under the name of its sample in the set.

    Of a set of clips each lies in a folder or video file of the clip's name; where the
    folder itself holds pictures, they are the frames of the only clip.

    Args:
        name: What the row is called.
        folder: Where the results lie.

    Raises:
        EvaluationError: There is no such folder.
    """

    def __init__(self, name: str, folder: Path) -> None:
        if not folder.is_dir():
            raise EvaluationError(f"results of {name}: {folder} is no folder.")
        self.name = name
        self._folder = folder

    @cached_property
    def key(self) -> str:
        """A hash of the names and contents of all results."""
        total = hashlib.sha256()
        for path in sorted(self._folder.rglob("*")):
            if is_picture(path) or path.suffix.lower() in VIDEO_SUFFIXES:
                place = path.relative_to(self._folder).as_posix()
                total.update(f"{place} {sha256_of(path)}\n".encode())
        return f"results/{total.hexdigest()}"

    @property
    def facts(self) -> dict[str, str]:
        """Where the results lie: nothing else is known of them."""
        return {"results": str(self._folder)}

    def __call__(self, picture: RgbArray, name: str = "") -> RgbArray:
        """Returns the result of that name.

        Raises:
            EvaluationError: There is none, or it differs in size from the picture.
        """
        path = self._picture_named(name)
        return _of_size(read_picture(path), picture, str(path))

    def stream(self, name: str = "") -> Stream:
        """Returns the frames of the clip of that name.

        Raises:
            EvaluationError: There is no such clip.
        """
        return _ClipResults(self._clip_named(name))

    def release(self) -> None:
        """Has nothing to give back."""

    def of_condition(self, condition: str) -> "ResultsFolder | None":
        """Returns the results that lie in a folder of the condition's name.

        A colon may be a hyphen there: `falling:1.0` is found as `falling-1.0` too.
        """
        for name in (condition, condition.replace(":", "-")):
            if (self._folder / name).is_dir():
                return ResultsFolder(self.name, self._folder / name)
        return None

    def _picture_named(self, name: str) -> Path:
        for suffix in sorted(PICTURE_SUFFIXES):
            for ending in (suffix, suffix.upper()):
                path = self._folder / f"{name}{ending}"
                if path.is_file():
                    return path
        raise EvaluationError(
            f"results of {self.name}: {self._folder} holds no picture {name}."
        )

    def _clip_named(self, name: str) -> str:
        base = Path(name).name
        folder = self._folder / base
        files = [folder.with_name(f"{base}{end}") for end in sorted(VIDEO_SUFFIXES)]
        for path in (folder, *files):
            if path.exists():
                return str(path)
        if picture_files(self._folder):
            return str(self._folder)
        raise EvaluationError(
            f"results of {self.name}: {self._folder} holds no clip {base}."
        )


class _ClipResults:
    """The frames of one clip, given out as the rainy ones come."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._frames: Iterator[RgbArray] = frames_of(uri)
        self._count = 0

    def push(self, frame: RgbArray) -> list[RgbArray]:
        """Returns the result for the frame.

        Raises:
            EvaluationError: There is none any more, or it differs in size.
        """
        result = next(self._frames, None)
        if result is None:
            raise EvaluationError(f"{self._uri} ends after {self._count} frames.")
        self._count += 1
        return [_of_size(result, frame, f"frame {self._count} of {self._uri}")]

    def flush(self) -> list[RgbArray]:
        """Returns nothing: nothing waits."""
        return []


def _of_size(result: RgbArray, picture: RgbArray, where: str) -> RgbArray:
    if result.shape != picture.shape:
        raise EvaluationError(
            f"{where} is {result.shape[1]}x{result.shape[0]}, the rainy picture "
            f"{picture.shape[1]}x{picture.shape[0]}."
        )
    return result
