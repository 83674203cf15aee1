"""Looks into every output that a test writes: is all of the source there, or named?

The program compares both itself. This looks with other eyes, PyAV's alone, so that what
the program's own comparison passes over fails a test.
"""

from collections import Counter
from pathlib import Path

import av
import pytest
from av.error import FFmpegError

from sinks.files.video import VideoFile

_OF_THE_MUXER = frozenset(
    {"encoder", "major_brand", "minor_version", "compatible_brands", "duration"}
    | {"creation_time", "timecode", "date", "software"}
)
_KINDS = ("video", "audio", "subtitle", "attachment")


def watch_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes each video that is completed fail its test if it lost something unsaid."""
    finish = VideoFile.finish

    def watched(sink: VideoFile, *, whole: bool) -> None:
        source, path = sink._copy_from, sink.path
        finish(sink, whole=whole)
        if source is not None and path.is_file():
            unsaid = unsaid_of(source, path, sink.notes)
            assert not unsaid, f"{source} -> {path} lost {unsaid}; said: {sink.notes}"

    monkeypatch.setattr(VideoFile, "finish", watched)


def unsaid_of(source: Path, output: Path, notes: list[str]) -> list[str]:
    """Returns what is in the source, not in the output and in no note."""
    said = " ".join(notes).lower()
    lost = _things_in(source) - _things_in(output)
    return [thing for thing in lost if thing not in said]


def _things_in(path: Path) -> Counter[str]:
    """Returns kinds of streams, names of tags and chapters, and how many."""
    found: Counter[str] = Counter()
    try:
        with av.open(str(path.absolute())) as container:
            found.update(s.type for s in container.streams if s.type in _KINDS)
            found.update(
                key.lower() for key, value in container.metadata.items() if value
            )
            found["chapters"] = len(container.chapters())
    except (FFmpegError, OSError, UnicodeDecodeError):
        return Counter()
    return Counter({name: n for name, n in found.items() if name not in _OF_THE_MUXER})
