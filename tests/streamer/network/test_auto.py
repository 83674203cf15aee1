"""`--model auto`: a lighter network takes the place of one that is too slow."""

from contextlib import closing
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from model import Derainer, ModelError, shipped_weights
from model.lighter import lighter_than
from sources.frame import RgbArray
from streamer.errors import StreamerError
from streamer.network.auto import LighteningNetwork, Lightens, open_for_live
from streamer.network.pace_memory import Pace, PaceMemory
from streamer.network.protocol import check_network
from streamer.network.shared import Sharing
from streamer.settings import NetworkOptions
from tests.support.fakes import FakePending, PassThrough
from tests.support.patience import PATIENCE_SECONDS, eventually

SLOW = Pace(wanted=25, taken=4)


@pytest.fixture(autouse=True)
def _weights_ship_and_nothing_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.lighter.shipped_weights", lambda name: Path(name))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


class Lite(PassThrough):
    """Has the light network's name, and gives pictures of level 1."""

    model, level = "mspfn-lite", 1

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        self.pictures += 1
        return FakePending(lambda: out.fill(self.level))


class Tiny(Lite):
    """Has the name of the one that is lighter still, and gives level 2."""

    model, level = "mspfn-tiny", 2


def lightening(
    first: PassThrough, then: PassThrough, *, streams: int = 1, busy: bool = False
) -> LighteningNetwork:
    memory = PaceMemory("key", lambda: busy)
    return LighteningNetwork(first, lambda _name: then, memory, streams=streams)


def level_from(network: LighteningNetwork) -> int:
    picture = np.zeros((8, 8, 3), np.uint8)
    out = np.empty_like(picture)
    network.start(picture, out).wait()
    return int(out[0, 0, 0])


def test_pictures_go_to_the_lighter_network_once_it_was_asked_for() -> None:
    lite, tiny = Lite(), Tiny()
    network = lightening(lite, tiny)

    before = level_from(network)
    began = network.lighten(SLOW)
    eventually(lambda: network.running == "mspfn-tiny")

    assert (before, began, level_from(network)) == (1, True, 2)
    assert tiny.pictures == 2  # one of them only prepared it
    eventually(lambda: lite.closed)
    assert network.stateless().model == "mspfn-tiny"
    assert network.notes == ["mspfn-lite was too slow: mspfn-tiny went on"]
    network.close()
    assert tiny.closed


def test_there_is_nothing_lighter_than_the_lightest() -> None:
    network = lightening(Tiny(), Tiny())

    assert not network.lighten(SLOW)


def test_a_lighter_network_that_cannot_be_opened_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(name: str) -> Lite:
        raise ModelError(f"{name} is damaged.")

    network = LighteningNetwork(Lite(), refuse, PaceMemory("key"))

    network.lighten(SLOW)
    network.close()

    assert "network=mspfn-lite goes on: mspfn-tiny is damaged." in caplog.text
    assert network.running == "mspfn-lite"


def test_a_stop_does_not_wait_for_the_lighter_network() -> None:
    begun, ends = Event(), Event()

    def opens(_name: str) -> Lite:
        begun.set()
        assert ends.wait(PATIENCE_SECONDS)
        return Tiny()

    lite = Lite()
    network = LighteningNetwork(lite, opens, PaceMemory("key"))
    network.lighten(SLOW)
    assert begun.wait(PATIENCE_SECONDS)

    network.cancel()
    network.close()

    assert lite.closed
    assert not ends.is_set()
    ends.set()


def test_a_stream_gets_the_lighter_network_for_all_that_share_it() -> None:
    network = lightening(Lite(), Tiny())
    sharing = Sharing(network)
    first, second = sharing.part(), sharing.part()

    assert isinstance(first, Lightens)
    first.expect(25)
    first.lighten(SLOW)
    eventually(lambda: second.running == "mspfn-tiny")

    sharing.close()
    network.close()


def test_auto_begins_with_the_network_that_files_get() -> None:
    options = NetworkOptions(model="auto")

    check_network(options)

    assert options.named == NetworkOptions().model == "mspfn-lite"


def test_a_word_that_is_no_network_is_still_refused() -> None:
    with pytest.raises(StreamerError, match="automatic: no network has this name"):
        check_network(NetworkOptions(model="automatic"))


def test_a_network_is_lighter_only_where_its_weights_ship(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("model.lighter.shipped_weights", lambda _name: None)

    assert lighter_than("mspfn-lite") is None
    assert shipped_weights("mspfn-lite") is not None


def found_too_slow(*, pace: Pace = SLOW, streams: int = 1, busy: bool = False) -> None:
    """Stands for a run that saw the light network miss pictures of 8x8."""
    network = lightening(Lite(), Tiny(), streams=streams, busy=busy)
    level_from(network)
    network.lighten(pace)
    network.close()


def test_what_was_too_slow_once_does_not_get_a_picture_at_the_next_start() -> None:
    found_too_slow()

    lite = Lite()
    network = lightening(lite, Tiny())
    network.expect(25)

    assert level_from(network) == 2
    assert (lite.pictures, lite.closed) == (0, True)
    assert network.notes == [
        "mspfn-lite took 4.0 of 25.0 pictures a second in an earlier run: mspfn-tiny "
        "runs"
    ]


@pytest.mark.parametrize(
    ("rate", "level"), [(4.5, 1), (6, 2), (25, 2), (30, 2), (90_000, 2)]
)
def test_a_camera_that_brings_fewer_pictures_now_gets_the_better_network(
    rate: float, level: int
) -> None:
    found_too_slow()

    network = lightening(Lite(), Tiny())
    network.expect(rate)

    assert level_from(network) == level


def test_what_was_found_holds_for_one_size_and_so_many_streams() -> None:
    found_too_slow(streams=2)

    assert level_from(lightening(Lite(), Tiny(), streams=2)) == 2
    assert level_from(lightening(Lite(), Tiny())) == 1
    network = lightening(Lite(), Tiny(), streams=2)
    picture = np.zeros((8, 16, 3), np.uint8)
    network.start(picture, picture).wait()
    assert network.running == "mspfn-lite"


def test_what_was_found_while_others_worked_is_measured_again_once_it_is_quiet() -> (
    None
):
    found_too_slow(pace=Pace(wanted=25, taken=4, contended=True))

    assert level_from(lightening(Lite(), Tiny(), busy=True)) == 2
    assert level_from(lightening(Lite(), Tiny(), busy=False)) == 1
    found_too_slow()
    assert level_from(lightening(Lite(), Tiny(), busy=False)) == 2


@pytest.mark.slow
def test_a_real_network_is_the_lighter_one_from_the_first_picture_of_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the cache of all tests, where graphs are kept
    file = str(tmp_path / "pace.json")
    monkeypatch.setattr("streamer.network.pace_memory._FILE", file)
    options = NetworkOptions(model="auto")
    picture = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    first, second, tiny = (np.empty_like(picture) for _ in range(3))

    before = open_for_live(options)
    before.start(picture, first).wait()
    assert isinstance(before, LighteningNetwork)
    before.lighten(SLOW)
    before.close()
    after = open_for_live(options)
    after.start(picture, second).wait()
    with closing(Derainer("mspfn-tiny", layout=after.layout)) as alone:
        alone.start(picture, tiny).wait()

    assert after.model == "mspfn-tiny"
    assert np.array_equal(second, tiny)
    assert not np.array_equal(first, tiny)
