from typing import Any

import numpy as np

from benchmarks.support.pipeline_parts import PARTS, _flow
from tests.support.fakes import FakePending, PassThrough


def test_all_slots_are_kept_busy_and_every_picture_is_made() -> None:
    class Counting(PassThrough):
        flying = most = 0

        def start(self, picture: Any, out: Any) -> FakePending:
            self.flying += 1
            self.most = max(self.most, self.flying)
            pending = super().start(picture, out)
            wait = pending.wait

            def ended() -> None:
                wait()
                self.flying -= 1

            pending.wait = ended  # type: ignore[method-assign] # it is counted
            return pending

    network = Counting(slots=3)
    pictures = [np.full((4, 4, 3), level, np.uint8) for level in range(2)]
    outs = [np.empty_like(pictures[0]) for _ in range(3)]

    _flow(network, pictures, outs, 7)

    assert (network.pictures, network.most, network.flying) == (7, 3, 0)


def test_the_parts_are_those_that_the_benchmark_tells() -> None:
    assert list(PARTS) == ["steady", "alone", "with_start", "plain"]
