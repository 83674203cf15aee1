"""`--model auto`: a lighter network takes the place of one that is too slow."""

from pathlib import Path

import numpy as np
import pytest

from model import ModelError, shipped_weights
from model.lighter import lighter_than
from sources.frame import RgbArray
from streamer.errors import StreamerError
from streamer.network.auto import LighteningNetwork, Lightens
from streamer.network.protocol import check_network
from streamer.network.shared import Sharing
from streamer.settings import NetworkOptions
from tests.support.fakes import FakePending, PassThrough
from tests.support.patience import eventually


@pytest.fixture(autouse=True)
def _weights_ship(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.lighter.shipped_weights", lambda name: Path(name))


class Lite(PassThrough):
    """Has the light network's name, and gives pictures of level 1."""

    model, level = "mspfn-lite", 1

    def start(self, picture: RgbArray, out: RgbArray) -> FakePending:
        self.pictures += 1
        return FakePending(lambda: out.fill(self.level))


class Tiny(Lite):
    """Has the name of the one that is lighter still, and gives level 2."""

    model, level = "mspfn-tiny", 2


def level_from(network: LighteningNetwork) -> int:
    picture = np.zeros((8, 8, 3), np.uint8)
    out = np.empty_like(picture)
    network.start(picture, out).wait()
    return int(out[0, 0, 0])


def test_pictures_go_to_the_lighter_network_once_it_was_asked_for() -> None:
    lite, tiny = Lite(), Tiny()
    network = LighteningNetwork(lite, lambda _name: tiny)

    before = level_from(network)
    began = network.lighten()
    eventually(lambda: network.running == "mspfn-tiny")

    assert (before, began, level_from(network)) == (1, True, 2)
    assert tiny.pictures == 2  # one of them only prepared it
    eventually(lambda: lite.closed)
    assert network.stateless().model == "mspfn-tiny"
    assert network.notes == ["mspfn-lite was too slow: mspfn-tiny went on"]
    network.close()
    assert tiny.closed


def test_there_is_nothing_lighter_than_the_lightest() -> None:
    network = LighteningNetwork(Tiny(), lambda _name: Tiny())

    assert not network.lighten()


def test_a_lighter_network_that_cannot_be_opened_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(name: str) -> Lite:
        raise ModelError(f"{name} is damaged.")

    network = LighteningNetwork(Lite(), refuse)

    network.lighten()
    network.close()

    assert "network=mspfn-lite goes on: mspfn-tiny is damaged." in caplog.text
    assert network.running == "mspfn-lite"


def test_a_stream_gets_the_lighter_network_for_all_that_share_it() -> None:
    network = LighteningNetwork(Lite(), lambda _name: Tiny())
    sharing = Sharing(network)
    first, second = sharing.part(), sharing.part()

    assert isinstance(first, Lightens)
    first.lighten()
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
