import pytest

from streamer.library.jobs import Stop
from streamer.library.library import film_of
from streamer.library.local import LocalMakers
from streamer.library.workers import FatalError
from tests.conftest import MakeClip
from tests.support.pieces import Opening, a_work


def none(_: int) -> None:
    """Is told of frames."""


def test_a_network_that_cannot_be_loaded_ends_all_work(make_clip: MakeClip) -> None:
    source = make_clip(frames=3)
    film = film_of(source, source.with_name("o.mkv"), a_work())
    film.prepare(film.work.recipe())
    job = film.next_job()
    assert job is not None

    def broken() -> Opening:
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

    def load() -> Opening:
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
