from pathlib import Path

import pytest

from evaluation.measures import measures_for
from evaluation.methods import InputBaseline, Method
from evaluation.result_cache import ResultCache
from evaluation.runners.pictures import PictureRun
from evaluation.scores import Evaluation
from evaluation.sets import open_set
from tests.support.networks.dimmer import Dimmer
from tests.support.sets.folders import write_pairs


@pytest.fixture
def methods() -> list[Method]:
    return [InputBaseline(), Dimmer()]


@pytest.fixture
def outcome(tmp_path: Path, methods: list[Method]) -> Evaluation:
    root = write_pairs(tmp_path / "set", 3)
    measures = measures_for(["psnr", "niqe"], "mprnet", {})
    run = PictureRun(open_set("Rain100H", str(root)), measures, ResultCache(None))
    return run.evaluate(methods)
