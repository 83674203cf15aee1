"""One picture that shows a clip's middle frame before and after, for the demo.

Run as `python -m bin.before_after CLIP RESULT PICTURE`.
"""

import sys
from pathlib import Path

import av
import cv2
import numpy as np

from sources.errors import SourceError
from sources.synthetic.street.view import Image

_SAME_MOMENT_S = 0.001
_NOT_WORTH_SEEKING_S = 2.0


def write_before_after(before: Path, after: Path, picture: Path) -> None:
    """Writes the middle frame of `before` and the same moment of `after`, side by side.

    Raises:
        SourceError: One of the clips cannot be read, or the picture not written.
    """
    moment, left = frame_at(before, None)
    _, right = frame_at(after, moment)
    if right.shape != left.shape:
        size = (left.shape[1], left.shape[0])
        right = np.asarray(
            cv2.resize(right, size, None, 0, 0, cv2.INTER_AREA), np.uint8
        )
    both = np.hstack([left, right])[..., ::-1]
    if not cv2.imwrite(str(picture), both):
        raise SourceError(f"The before/after picture {picture} cannot be written.")


def frame_at(clip: Path, moment: float | None) -> tuple[float, Image]:
    """The time of a frame in seconds, and the frame as uint8 RGB, turned upright.

    Args:
        clip: A video or a picture.
        moment: The first frame from here on, in seconds; None is the clip's middle.

    Raises:
        SourceError: The file cannot be read or shows nothing.
    """
    try:
        with av.open(str(clip)) as file:
            frame = _found(file, moment)
    except (av.FFmpegError, IndexError) as error:
        raise SourceError(f"{clip} cannot be read as a video: {error}.") from error
    if frame is None:
        raise SourceError(f"There is no picture in {clip}.")
    upright = np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90))
    return frame.time or 0.0, np.ascontiguousarray(upright)


def _found(
    file: "av.container.InputContainer", moment: float | None
) -> av.VideoFrame | None:
    start = (file.start_time or 0) / av.time_base
    wanted = (
        start + (file.duration or 0) / av.time_base / 2 if moment is None else moment
    )
    if wanted > start + _NOT_WORTH_SEEKING_S:  # a picture cannot be sought in
        file.seek(int(wanted * av.time_base))
    last = None
    for frame in file.decode(video=0):
        last = frame
        if (frame.time or 0.0) >= wanted - _SAME_MOMENT_S:
            break
    return last


if __name__ == "__main__":
    try:
        write_before_after(*(Path(argument) for argument in sys.argv[1:4]))
    except SourceError as error:
        sys.exit(f"demo: {error}")
