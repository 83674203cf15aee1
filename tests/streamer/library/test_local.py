from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from model import Backend, ModelError
from model.cores import ThreadLayout
from streamer.library.film import Film
from streamer.library.jobs import PieceJob, Stop
from streamer.library.library import film_of
from streamer.library.local import LocalMakers
from streamer.library.piece.derain import derain_piece
from streamer.library.state.engine import Engine, EngineError, engine_of, open_as
from streamer.library.state.manifest import PieceRecord, read_manifest
from streamer.library.workers import DONE, FAILED, FatalError, Maker, Workers
from streamer.settings import NetworkOptions
from tests.conftest import MakeClip
from tests.support.networks.onnx_network import written_onnx
from tests.support.runs.pieces import Opening, a_work, frames_of

pytestmark = pytest.mark.slow


class Threaded(Opening):
    """A network whose values would be others in another layout of threads."""

    backend = "openvino"

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.layout = ThreadLayout(1, threads)


def as_begun(engine: Engine | None) -> Threaded:
    return Threaded(engine.threads if engine else 8)


def begun(source: Path, output: Path, network: Backend) -> Film:
    """A film whose first piece an earlier run has made."""
    film = film_of(source, output, a_work())
    film.prepare(film.work.recipe())
    job = film.next_job()
    assert job is not None
    film.take(derain_piece(job, network, stop=Stop()))
    return film_of(source, output, film.work)


def run(films: list[Film], makers: list[Maker]) -> list[Any]:
    workers = Workers(films, films[0].work.recipe(), stop=Stop())
    workers.run(makers)
    return [(p.state, str(p.error or "")) for p in workers.films]


def engines_in(film: Film) -> set[Engine | None]:
    pieces = read_manifest(film.manifest.path).pieces
    assert len(pieces) == film.count > 1
    return {piece.engine for piece in pieces.values()}


def test_each_film_goes_on_with_what_made_its_first_piece(make_clip: MakeClip) -> None:
    source = make_clip(frames=100, options={"g": "20"})
    one, two, new = (source.with_name(f"{name}.mp4") for name in ("one", "two", "new"))
    films = [begun(source, one, Threaded(1)), begun(source, two, Threaded(2))]
    films.append(film_of(source, new, a_work()))
    opened: list[Threaded] = []

    def load(engine: Engine | None) -> Threaded:
        opened.append(as_begun(engine))
        return opened[-1]

    makers = LocalMakers(load, 1)
    ends = run(films, makers.makers())
    still_open = sum(not network.closed for network in opened)
    makers.close()

    assert ends == [(DONE, "")] * 3
    assert [engines_in(film) for film in films] == [
        {engine_of(Threaded(threads))} for threads in (1, 2, 8)
    ]
    assert len(opened) == 3  # each film was followed to its end
    assert (still_open, [network.closed for network in opened]) == (1, [True] * 3)


def test_two_jobs_share_what_made_the_first_piece(make_clip: MakeClip) -> None:
    source = make_clip(frames=100, options={"g": "20"})
    film = begun(source, source.with_name("o.mp4"), Threaded(1))
    makers = LocalMakers(as_begun, 2)

    ends = run([film], makers.makers())
    makers.close()

    assert ends == [(DONE, "")]
    assert engines_in(film) == {engine_of(Threaded(1))}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_film_whose_engine_is_not_here_fails_in_one_line_and_others_go_on(
    make_clip: MakeClip, jobs: int
) -> None:
    source = make_clip(frames=60, options={"g": "20"})
    film = begun(source, source.with_name("o.mp4"), Threaded(64))
    other = film_of(source, source.with_name("other.mp4"), a_work())

    def load(engine: Engine | None) -> Backend:
        if engine is not None and engine.threads > 8:
            raise ModelError("64 threads were asked for; there are 8 cores.")
        return as_begun(engine)

    makers = LocalMakers(load, jobs)
    ends = run([film, other], makers.makers())
    makers.close()

    (state, error), after = ends
    assert (state, after) == (FAILED, (DONE, ""))
    assert "was begun with openvino" in error
    assert "64 threads in 1 stream, which cannot be had here (64 threads" in error
    assert error.endswith("--restart begins anew")
    assert len(read_manifest(film.manifest.path).pieces) == 1


class Elsewhere:
    """Makes pieces as another machine does, and follows none but its own."""

    def __init__(self, threads: int, *, follows: bool) -> None:
        self.network = Threaded(threads)
        self.follows = follows
        self.made: list[int] = []

    def __call__(self, job: PieceJob, *, stop: Stop, **_more: Any) -> PieceRecord:
        own = engine_of(self.network)
        network = self.network
        if job.engine is not None and job.engine.differs(own):
            if not self.follows:
                raise EngineError("it has other cores")
            network = as_begun(job.engine)
        self.made.append(job.number)
        return derain_piece(job, network, stop=stop)


@pytest.mark.parametrize("follows", [False, True])
def test_machines_that_begin_otherwise_at_once_make_one_film_alike(
    make_clip: MakeClip, follows: bool
) -> None:
    source = make_clip(frames=200, options={"g": "20"})
    film = film_of(source, source.with_name("o.mp4"), a_work())
    makers = [Elsewhere(1, follows=follows), Elsewhere(2, follows=follows)]

    ends = run([film], list(makers))

    assert ends == [(DONE, "")]
    assert len(engines_in(film)) == 1
    assert {number for m in makers for number in m.made} == set(range(film.count))
    assert len(frames_of(film.output)) == 200


def test_openvino_goes_on_in_the_threads_of_the_first_piece(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    source = make_clip(frames=60, options={"g": "20"})
    model = str(written_onnx(tmp_path / "dim.onnx"))
    options = NetworkOptions(model=model, gate="off", device="cpu")
    engine = Engine(
        kind="cpu",
        backend="openvino",
        precision="fp32",
        runtime=f"openvino {version('openvino')}",
        streams=1,
        threads=1,
    )
    network = open_as(options, engine)
    work = a_work(options)
    calm = film_of(source, source.with_name("calm.mp4"), work)
    film = film_of(source, source.with_name("o.mp4"), work)
    film.prepare(work.recipe())
    job = film.next_job()
    assert job is not None
    film.take(derain_piece(job, network, stop=Stop()))
    at_once, later = (
        LocalMakers(lambda _: network, 1),
        LocalMakers(lambda asked: open_as(options, asked), 1),
    )

    assert run([calm], at_once.makers()) == [(DONE, "")]
    assert run([film_of(source, film.output, work)], later.makers()) == [(DONE, "")]
    at_once.close()
    later.close()

    assert engines_in(film) == {engine}
    assert frames_of(film.output) == frames_of(calm.output)


def none(_: int) -> None:
    """Is told of frames."""


def test_a_network_that_cannot_be_loaded_ends_all_work(make_clip: MakeClip) -> None:
    source = make_clip(frames=3)
    film = film_of(source, source.with_name("o.mkv"), a_work())
    film.prepare(film.work.recipe())
    job = film.next_job()
    assert job is not None

    def broken(_: Engine | None) -> Opening:
        raise ValueError("no such network")

    makers = LocalMakers(broken, 1)
    with pytest.raises(FatalError, match="no such network"):
        makers.makers()[0](job, stop=Stop(), on_frame=none)
    makers.close()


@pytest.mark.parametrize("jobs", [1, 2])
def test_makers_share_one_network_which_is_loaded_with_the_first_piece(
    make_clip: MakeClip, jobs: int
) -> None:
    loaded: list[Opening] = []

    def load(_: Engine | None) -> Opening:
        loaded.append(Opening())
        return loaded[0]

    source = make_clip(frames=3)
    makers = LocalMakers(load, jobs)
    before = len(loaded)

    records = []
    for number, maker in enumerate(makers.makers()):
        film = film_of(source, source.with_name(f"{number}.mkv"), a_work())
        film.prepare(film.work.recipe())
        job = film.next_job()
        assert job is not None
        records.append(maker(job, stop=Stop(), on_frame=none))
    makers.close()
    makers.close()

    assert before == 0
    assert [record.frames for record in records] == [3] * jobs
    assert [network.closed for network in loaded] == [True]
