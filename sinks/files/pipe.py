"""A video on the standard output, for another program that reads it from a pipe."""

import os
from contextlib import suppress
from pathlib import Path

import av
from av.container import OutputContainer
from av.error import FFmpegError

from sinks.encoding.encoders import choose_codec
from sinks.encoding.options import DEFAULT_ENCODING, EncodeOptions
from sinks.errors import SinkError, UnplayableError
from sinks.files.muxing.container import check_preset, check_quality, muxing_options
from sinks.files.place import Claim
from sinks.files.video import VideoFile
from sources.frame import Frame, StreamInfo

STANDARD_OUTPUT = "-"
PIPE_CODECS = {
    "matroska": ("h264", "hevc", "av1", "vp9"),
    "nut": ("h264", "hevc", "av1", "vp9"),
    "mpegts": ("h264", "hevc"),
}
"""Containers that are written without going back, and what they may hold."""
_OUT, _ERRORS = 1, 2


class PipedVideo(VideoFile):
    """Encodes frames into the standard output.

    From its making to `close` everything else that is printed goes to the standard
    error output: a line of some library would break the video.
    """

    def __init__(
        self,
        *,
        encode: EncodeOptions = DEFAULT_ENCODING,
        copy_from: Path | None = None,
    ) -> None:
        """Takes the standard output; writes nothing yet.

        Args:
            encode: How, and into which container.
            copy_from: A file whose audio, subtitles, chapters and tags are copied.

        Raises:
            SinkError: It is a terminal, or no such container or codec is known.
        """
        self._container_name = encode.container or "matroska"
        super().__init__(Path(STANDARD_OUTPUT), encode=encode, copy_from=copy_from)
        if os.isatty(_OUT):
            raise SinkError(
                "-: the standard output is a terminal; pipe it into a program that "
                "takes video, as in derain run in.mp4 - | ffmpeg -i - ..."
            )
        self._pipe: int | None = os.dup(_OUT)
        os.dup2(_ERRORS, _OUT)

    def _check(self, path: Path, encode: EncodeOptions) -> None:
        codecs = PIPE_CODECS.get(self._container_name)
        if codecs is None:
            known = ", ".join(PIPE_CODECS)
            raise SinkError(
                f"{self._container_name!r} cannot be written into a pipe here; "
                f"--container is one of {known}"
            )
        if encode.codec != "auto" and encode.codec not in codecs:
            raise SinkError(
                f"{self._container_name} does not hold {encode.codec!r} here; choose "
                f"from {', '.join(codecs)}"
            )
        first = codecs[0] if encode.codec == "auto" else encode.codec
        check_quality(first, encode.quality)
        check_preset(first, encode.preset)

    def _codec_of(self, stream: StreamInfo) -> str:
        codecs = PIPE_CODECS[self._container_name]
        return choose_codec(self._encode_options.codec, codecs, stream)

    def _claimed(self) -> Claim | None:
        return None

    def _opened(self, stream: StreamInfo, *, own_tags: bool) -> OutputContainer:
        return av.open(
            f"pipe:{self._pipe}",
            "w",
            format=self._container_name,
            options=muxing_options(self._container_name),
        )

    def write(self, frame: Frame) -> None:
        """Encodes one frame; see `VideoFile.write`."""
        try:
            super().write(frame)
        except SinkError as error:
            raise _gone(error) from None

    def finish(self, *, whole: bool) -> None:
        """Completes the video; see `VideoFile.finish`."""
        try:
            super().finish(whole=whole)
        except SinkError as error:
            raise _gone(error) from None

    def _compare(self) -> None:
        """Compares nothing: what went into a pipe cannot be looked into."""

    def _incomplete(self, error: FFmpegError | OSError) -> SinkError:
        return SinkError(error.strerror or type(error).__name__)

    def close(self) -> None:
        """Gives the standard output back; may be called twice."""
        super().close()
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            with suppress(OSError):
                os.dup2(pipe, _OUT)
                os.close(pipe)


def _gone(error: SinkError) -> UnplayableError:
    """Says what happened to a pipe, which keeps nothing."""
    reason = str(error).removeprefix(f"{STANDARD_OUTPUT}: ")
    if reason == os.strerror(32):
        reason = "the program that reads it has ended"
    return UnplayableError(f"standard output: {reason}")
