import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sinks.encoding.options import EncodeOptions
from sinks.errors import SinkError
from sinks.files.video import VideoFile
from sources.files.part import Span
from streamer.errors import StreamerError
from streamer.library.jobs import PieceJob
from streamer.library.piece.memory import load_lumas
from streamer.library.piece.own_frames import OwnFrames
from streamer.library.piece.record import (
    keep_lumas,
    make_folder,
    part_name,
    record_of,
)
from streamer.library.state.disk import file_sha256, times_sha256
from streamer.settings import NetworkOptions
from tests.conftest import MakeClip

WHOLE = Span(start_at=0, first=0, end=None)


def a_job(folder: Path, span: Span | None = WHOLE) -> PieceJob:
    return PieceJob(
        number=2,
        source=folder / "a.mp4",
        folder=folder,
        film_suffix=".mp4",
        span=span,
        network=NetworkOptions(),
        encode=EncodeOptions(),
    )


def a_sink(part: Path, times: list[int]) -> OwnFrames:
    sink = OwnFrames(VideoFile(part), WHOLE)
    sink.times, sink.form = times, "64x48"
    return sink


def test_a_part_is_named_for_this_process_alone(tmp_path: Path) -> None:
    name = part_name(a_job(tmp_path))

    assert name.startswith("00002.")
    assert name.endswith(f"-{os.getpid()}.part.mp4")


def test_a_piece_is_noted_with_what_it_holds(make_clip: MakeClip) -> None:
    part = make_clip("00002.part.mp4", frames=3)
    digest, size = file_sha256(part), part.stat().st_size

    record = record_of(a_job(part.parent), a_sink(part, [5, 9, 12]), part)

    kept = part.with_name("00002.mp4")
    assert not part.exists()
    assert (record.file, record.sha256, record.bytes) == (kept.name, digest, size)
    assert file_sha256(kept) == digest
    assert (record.frames, record.first_pts, record.last_pts) == (3, 5, 12)
    assert record.times_sha256 == times_sha256([5, 9, 12])
    assert record.form.startswith("64x48 head ")


def test_a_piece_that_lacks_frames_is_refused(make_clip: MakeClip) -> None:
    part = make_clip("00002.part.mp4", frames=3)

    with pytest.raises(StreamerError, match="4 frames were given to it, and 3 are in"):
        record_of(a_job(part.parent), a_sink(part, [1, 2, 3, 4]), part)


def test_a_piece_of_which_nothing_could_be_decoded_has_no_file(tmp_path: Path) -> None:
    part = tmp_path / "00002.part.mp4"
    part.touch()

    record = record_of(a_job(tmp_path), a_sink(part, []), part)

    assert (record.number, record.file, record.frames) == (2, "", 0)
    assert not part.exists()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    (tmp_path / "file").touch()

    assert (tmp_path / "a" / "b").is_dir()
    with pytest.raises(SinkError, match=f"{tmp_path}/file/b: Not a directory"):
        make_folder(tmp_path / "file" / "b")


def test_what_the_causal_step_remembers_is_kept_beside_the_piece(
    tmp_path: Path,
) -> None:
    remembers: Any = SimpleNamespace(lumas=[np.full((2, 2), 7, np.uint8)])
    nothing: Any = SimpleNamespace()

    name = keep_lumas(a_job(tmp_path), remembers)

    assert name == "00002.npz"
    assert [int(luma[0, 0]) for luma in load_lumas(tmp_path / name)] == [7]
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert keep_lumas(a_job(tmp_path), nothing) == ""
    with pytest.raises(SinkError, match=r"none/00002\.npz\.part: No such file"):
        keep_lumas(replace(a_job(tmp_path), folder=tmp_path / "none"), remembers)
