"""A piece of a film: a video file whose pictures go on where another piece ends."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from sinks.encoding.encoders import CODECS_OF, Encoder
from sinks.encoding.options import DEFAULT_ENCODING, EncodeOptions
from sinks.files.video import VideoFile
from sources.frame import StreamInfo

PIECE_SUFFIX = ".mp4"
"""MP4 alone of the containers stores times of decoding, and all times exactly."""


class PieceFile(VideoFile):
    """Encodes without audio and tags, so that pieces fit behind one another.

    x264 else writes into the head what suits the pictures that come.
    """

    def __init__(
        self,
        path: Path,
        *,
        film_suffix: str,
        encode: EncodeOptions = DEFAULT_ENCODING,
    ) -> None:
        """Checks what is asked for; writes nothing yet.

        Args:
            path: Of the piece.
            film_suffix: Names the container that the pieces are joined in.
            encode: How; what it leaves open is as it is in that container.

        Raises:
            SinkError: There is no such codec, or no such folder.
        """
        if encode.codec == "auto" and film_suffix == ".webm":
            encode = replace(encode, codec=CODECS_OF[film_suffix][0])
        super().__init__(path, encode=encode)

    @property
    def end_pts(self) -> int:
        """Where the last frame ends, in the time base of the frames."""
        return self._times.end

    def _settings(self, encoder: Encoder, stream: StreamInfo) -> Mapping[str, str]:
        settings = super()._settings(encoder, stream)
        if encoder.name != "libx264":
            return settings
        return {**settings, "x264-params": "stitchable=1"}
