"""Films for work in pieces, and what tells two films apart."""

import hashlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import PictureType

from model.backends.base import Backend
from sinks.encoding.options import EncodeOptions
from sources.frame import RgbArray
from streamer.api import derain_video
from streamer.library.film import Film
from streamer.library.jobs import Stop
from streamer.library.local import LocalMakers
from streamer.library.options import LibraryOptions
from streamer.library.piece.derain import derain_piece
from streamer.library.work import Work
from streamer.library.workers import FAILED, Workers
from streamer.network.protocol import for_one_stream
from streamer.settings import NetworkOptions
from tests.support.fakes import PassThrough
from tests.support.media.rainy_scene import rain, scene

LOSSLESS = EncodeOptions(quality=0)
"""What comes out of the encoder is what went in: frames can be compared exactly."""


class Opening(PassThrough):
    """Takes out what is bright and narrow, as rain is: a network without weights."""

    def _fill(self, picture: RgbArray, out: RgbArray) -> None:
        cv2.morphologyEx(picture, cv2.MORPH_OPEN, np.ones((1, 3), np.uint8), dst=out)


def frames_of(path: Path) -> list[tuple[Fraction, str]]:
    """Returns the time of each frame, and the hash of its picture."""
    with av.open(str(path)) as container:
        return [
            (
                (frame.pts or 0) * (frame.time_base or Fraction(1)),
                hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest(),
            )
            for frame in container.decode(video=0)
        ]


def write_showers(
    path: Path, *, frames: int = 150, rainy: Callable[[int], bool], gop: int = 10
) -> Path:
    """Writes a scene that pans, with rain in some of its frames."""
    wide = scene(width=160 + frames)
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=25, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.codec_context.gop_size = gop
        for number in range(frames):
            picture = np.ascontiguousarray(wide[:, number : number + 160])
            if rainy(number):
                picture = rain(picture, number, streaks=150)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.pict_type = number, PictureType.NONE
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def in_one_go(
    source: Path, sink: Path, options: NetworkOptions, network: Backend | None = None
) -> Path:
    """Derains a film as `derain run` does."""
    network = for_one_stream(
        network or Opening(), temporal=options.temporal, gate=options.gate, still=False
    )
    derain_video(source, sink, network=network, encode=LOSSLESS)
    return sink


def make(
    films: Sequence[Film],
    *,
    jobs: int = 1,
    network: Callable[[], Backend] = Opening,
    stop: Stop | None = None,
) -> Workers:
    """Works until all films are done or failed."""
    workers = Workers(films, films[0].work.recipe(), stop=stop or Stop())
    makers = LocalMakers(lambda _: network(), jobs)
    try:
        workers.run(makers.makers())
    finally:
        makers.close()
    return workers


def a_work(
    network: NetworkOptions | None = None,
    options: LibraryOptions | None = None,
    encode: EncodeOptions = LOSSLESS,
) -> Work:
    """Returns how films are made in tests: in pieces of a second, exactly."""
    return Work(
        network=network or NetworkOptions(gate="off"),
        encode=encode,
        options=options or LibraryOptions(piece=1),
    )


def anew(film: Film, work: Work | None = None) -> Film:
    """Returns the film as the next run finds it."""
    return Film(
        source=film.source, output=film.output, state=film.state, work=work or film.work
    )


def failure_of(film: Film) -> Exception:
    """Returns what a film that must fail ends with."""
    [progress] = make([film]).films
    assert progress.state == FAILED
    assert progress.error is not None
    return progress.error


def make_pieces_only(film: Film) -> None:
    """Derains the pieces of a film that is prepared, and does not join them."""
    while (job := film.next_job()) is not None:
        film.take(derain_piece(job, Opening(), stop=Stop()))
