from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from evaluation.errors import EvaluationError
from evaluation.tasks.judges.darknet import DarknetDetector
from evaluation.tasks.judges.judge import open_detector
from evaluation.tasks.judges.settings import JudgeSettings

_HEAD = """
[net]
width=64
height=32
channels=3
[convolutional]
filters=6
size=1
stride=1
pad=1
activation=linear
[maxpool]
size=8
stride=8
padding=0
[yolo]
mask=1
anchors=4,4, 16,8
classes=1
num=2
"""


def write(
    folder: Path, cfg: str, numbers: list[float], seen: int = 8
) -> DarknetDetector:
    (folder / "n.cfg").write_text(cfg)
    version = np.array([0, 2, 0] if seen == 8 else [0, 1, 0], "<i4").tobytes()
    data = np.array(numbers, "<f4").tobytes()
    (folder / "n.weights").write_bytes(version + bytes(seen) + data)
    return DarknetDetector(folder / "n.cfg", folder / "n.weights")


@pytest.mark.parametrize("seen", [4, 8])
def test_a_head_by_hand(tmp_path: Path, seen: int) -> None:
    bias = [0.0, 0.0, np.log(2), 0.0, 2.0, -1.0]

    network = write(tmp_path, _HEAD, [*bias, *[0.0] * 18], seen)
    rows = network(np.zeros((1, 3, 32, 64), np.float32))

    assert rows.shape == (4 * 8, 6)
    # The third column of the second row; the anchor is 16x8, twice as wide here.
    x, y, width, height, objectness, kind = rows[8 + 2].tolist()
    assert (x, y) == pytest.approx((2.5 * 8, 1.5 * 8))
    assert (width, height) == pytest.approx((32, 8))
    assert objectness == pytest.approx(1 / (1 + np.exp(-2)))
    assert kind == pytest.approx(1 / (1 + np.e))


def test_scaled_yolov4_spreads_centres_and_squares_sizes(tmp_path: Path) -> None:
    cfg = _HEAD.replace("linear", "logistic").replace(
        "num=2", "num=2\nscale_x_y=2.0\nnew_coords=1"
    )

    rows = write(tmp_path, cfg, [0.0] * 24)(np.zeros((1, 3, 32, 64), np.float32))

    x, y, width, height, *_ = rows[0].tolist()
    assert (x, y) == pytest.approx(((0.5 * 2 - 0.5) * 8, (0.5 * 2 - 0.5) * 8))
    assert (width, height) == pytest.approx((16, 8))


_DEEP = """
[net]
width=32
height=32
channels=3
[convolutional]
batch_normalize=1
filters=4
size=3
stride=2
pad=1
activation=leaky
[convolutional]
batch_normalize=1
filters=4
size=3
stride=1
pad=1
groups=2
activation=mish
[shortcut]
from=-2
activation=linear
[maxpool]
size=2
stride=2
[upsample]
stride=2
[route]
layers=-1,2
[route]
layers=-1
groups=2
group_id=1
[maxpool]
size=5
stride=1
[dropout]
probability=.5
[convolutional]
filters=6
size=1
stride=1
pad=0
activation=linear
[yolo]
mask=0
anchors=10,10
classes=1
"""


def _deep_by_torch(
    values: torch.Tensor, numbers: list[np.ndarray], spread: list[np.ndarray]
) -> torch.Tensor:
    """The same layers with normalisation left where it is."""
    parts = [torch.from_numpy(n) for n in numbers]

    def block(x: torch.Tensor, at: int, stride: int, groups: int) -> torch.Tensor:
        beta, gamma, mean, variance, kernel = parts[at : at + 5]
        x = F.conv2d(x, kernel, None, stride, 1, groups=groups)
        return F.batch_norm(x, mean, variance, gamma, beta, eps=1e-5)

    first = F.leaky_relu(block(values, 0, 2, 1), 0.1)
    total = F.mish(block(first, 5, 1, 2)) + first
    small = F.max_pool2d(F.pad(total, (0, 1, 0, 1), value=-1e9), 2, 2)
    joined = torch.cat([F.interpolate(small, scale_factor=2.0), total], 1)
    pooled = F.max_pool2d(joined[:, 4:], 5, 1, 2)
    return F.conv2d(pooled, parts[11], parts[10])


@pytest.mark.slow
def test_every_layer_gives_what_torch_gives(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.5, shape).astype(np.float32)

    numbers = [draw(4), draw(4), draw(4), np.abs(draw(4)) + 0.5, draw(4, 3, 3, 3)]
    numbers += [draw(4), draw(4), draw(4), np.abs(draw(4)) + 0.5, draw(4, 2, 3, 3)]
    numbers += [draw(6), draw(6, 4, 1, 1)]
    flat = [float(n) for part in numbers for n in part.ravel()]
    values = draw(1, 3, 32, 32)

    rows = write(tmp_path, _DEEP, flat)(values)

    raw = _deep_by_torch(torch.from_numpy(values), numbers, [])[0]
    expected = raw[4:].sigmoid().reshape(2, -1).T.numpy()
    assert np.abs(rows[:, 4:] - expected).max() < 1e-5
    widths = (raw[2].exp() * 10).reshape(-1).numpy()
    assert np.allclose(rows[:, 2], widths, rtol=1e-4)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="its network needs more"):
        write(tmp_path, _HEAD, [0.0] * 20)
    with pytest.raises(EvaluationError, match="holds 3 numbers more than"):
        write(tmp_path, _HEAD, [0.0] * 27)


@pytest.mark.parametrize(
    ("cfg", "message"),
    [
        ("width=3", "line 1: expected .section. or key=value"),
        ("[conv]\n", "does not begin with .net."),
        ("[net]\n[lstm]\n", "layer 0 .lstm. cannot be built: expected one of"),
        ("[net]\n[route]\nlayers=-1\n", "layer 0 .route. cannot be built"),
        ("[net]\n[maxpool]\nsize=2\n", "has no .yolo. layer"),
    ],
)
def test_a_cfg_that_is_no_detector_is_named(
    tmp_path: Path, cfg: str, message: str
) -> None:
    with pytest.raises(EvaluationError, match=message):
        write(tmp_path, cfg, [])


def test_as_a_judge_it_finds_what_it_sees_in_the_picture(tmp_path: Path) -> None:
    # Objectness follows the picture's light: above 0 where it is bright.
    kernel = np.zeros((6, 3), np.float32)
    kernel[4] = 20
    write(tmp_path, _HEAD, [0, 0, 0, 0, -20, 9, *kernel.ravel().tolist()])
    settings = JudgeSettings(
        kind="darknet",
        file=tmp_path / "n.cfg",
        weights=tmp_path / "n.weights",
        classes=("car",),
        fit="letterbox",
        nms=0.9,
    )
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[8:16, 16:24] = 255

    found = open_detector(settings)(picture)

    assert len(found) == 1
    assert found.boxes[0].tolist() == pytest.approx([12, 8, 28, 16])


_JUDGES = Path(__file__).parents[4] / ".." / "shared" / "data" / "judges"


@pytest.mark.shared
@pytest.mark.slow
def test_yolo_fastest_sees_the_cars_of_a_street() -> None:
    from evaluation.pictures import read_picture

    names = (_JUDGES / "coco.names").read_text().split("\n")
    settings = JudgeSettings(
        kind="darknet",
        file=_JUDGES / "yolo-fastest-1.1.cfg",
        weights=_JUDGES / "yolo-fastest-1.1.weights",
        classes=tuple(names[:80]),
    )
    street = _JUDGES.parent / "joint_dev" / "images" / "0001TP_008550.png"

    found = open_detector(settings)(read_picture(street))

    assert names[found.classes[0]] == "car"
    assert found.scores[0] > 0.9
    # By eye: the near car's sides.
    assert found.boxes[0].tolist() == pytest.approx([313, 199, 400, 277], abs=6)
