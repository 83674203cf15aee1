from pathlib import Path

import pytest

from sinks.encoding.options import EncodeOptions
from sinks.null import NullSink
from sources.files.part import Span
from streamer.library.jobs import Interrupted, PieceJob, Stop
from streamer.pipeline.file import Pipeline
from streamer.settings import NetworkOptions
from tests.support.fakes import PassThrough
from tests.support.media.drawn_source import Drawn


def a_job(span: Span | None) -> PieceJob:
    return PieceJob(
        number=7,
        source=Path("a.ts"),
        folder=Path("pieces"),
        film_suffix=".mkv",
        span=span,
        network=NetworkOptions(),
        encode=EncodeOptions(),
    )


def a_pipeline() -> Pipeline:
    return Pipeline(Drawn(), PassThrough(), NullSink())


def test_a_piece_is_named_by_its_number_and_a_whole_film_as_films_are() -> None:
    piece = a_job(Span(start_at=0, first=0, end=None))

    assert piece.name == "00007.mp4"
    assert a_job(None).name == "00007.mkv"


def test_a_stop_ends_what_runs_and_the_piece_is_given_up() -> None:
    stop, pipeline = Stop(), a_pipeline()

    with pytest.raises(Interrupted), stop.watching(pipeline):
        stop.stop()

    assert pipeline.stopped


def test_after_a_stop_nothing_begins() -> None:
    stop, pipeline = Stop(), a_pipeline()
    stop.stop()

    with pytest.raises(Interrupted), stop.watching(pipeline):
        pass

    assert pipeline.stopped


def test_what_has_ended_is_not_stopped_any_more() -> None:
    stop, pipeline = Stop(), a_pipeline()

    with stop.watching(pipeline):
        pass
    stop.stop()

    assert stop.stopped
    assert not pipeline.stopped
