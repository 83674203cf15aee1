import numpy as np
import pytest

from benchmarks.quality.tasks import judges
from evaluation.pictures import read_picture
from evaluation.tasks.judges.judge import open_detector, open_segmenter
from evaluation.tasks.labels.classes import FORMS, VOID
from evaluation.tasks.labels.masks import MaskFile
from tests.conftest import PROJECT

_DATA = PROJECT.parent / "shared" / "data"
_STREET = _DATA / "joint_dev" / "images" / "0001TP_008550.png"

pytestmark = [pytest.mark.shared, pytest.mark.slow]


def test_the_segmenter_sees_what_people_marked() -> None:
    _, _, judge = judges(_DATA / "judges")[0]

    seen = open_segmenter(judge)(read_picture(_STREET))

    mask = _DATA / "joint_dev" / "labels" / _STREET.name
    truth = MaskFile(mask, FORMS["camvid"]).read()
    counts = truth != VOID
    assert np.mean(seen[counts] == truth[counts]) > 0.85


@pytest.mark.parametrize("place", [1, 2])
def test_the_detectors_see_the_near_car(place: int) -> None:
    _, _, judge = judges(_DATA / "judges")[place]

    found = open_detector(judge)(read_picture(_STREET))

    assert judge.labels[found.classes[0]] == "car"
    # By eye: the near car's sides.
    assert found.boxes[0].tolist() == pytest.approx([313, 199, 400, 277], abs=6)
