import numpy as np

from benchmarks.temporal.bench_rain import in_drawn_rain, in_rain
from tests.support.fakes import PassThrough
from tests.support.media.rainy_scene import faint_scene


def test_rain_is_the_same_each_time_and_falls_from_frame_to_frame() -> None:
    dry = [faint_scene(120, 160)] * 2

    first, second = in_rain(dry, 0.5)

    assert np.array_equal(first, in_rain(dry, 0.5)[0])
    assert not np.array_equal(first, second)
    assert first.mean() > dry[0].mean()


def test_neighbours_take_drawn_rain_out_where_a_network_leaves_it() -> None:
    network: object = PassThrough()
    dry = [faint_scene(240, 320)] * 6

    found = in_drawn_rain(network, dry, 0.5)  # type: ignore[arg-type] # a network

    assert found["network"] == found["input"]
    assert found["fused causal"] > found["input"] + 1
    assert found["fused centred"] > found["input"] + 3
