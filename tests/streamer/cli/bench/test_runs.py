from streamer.cli.bench.runs import KeptOpen
from tests.support.fakes import PassThrough


def test_a_network_outlives_the_runs_that_it_is_lent_to() -> None:
    network = PassThrough(slots=3)

    lent = KeptOpen(network)
    lent.close()

    assert not network.closed
    assert (lent.model, lent.slots) == ("pass-through", 3)
