import torch

from model.motion.fusion import Fusion
from tests.support.media.rainy_scene import rain, scene
from training.fusion.learning import Plan, distance, learned, scores
from training.fusion.samples import Samples

SIZE = 48


def samples(count: int = 6) -> Samples:
    """Returns scenes that stand still, in rain of short streaks."""

    def tensor(picture: object) -> torch.Tensor:
        return torch.as_tensor(picture).permute(2, 0, 1)

    truths = [scene(SIZE, SIZE, seed=n) for n in range(count)]
    frames = [rain(truth, n, streaks=12) for n, truth in enumerate(truths)]
    views = [
        torch.stack([tensor(rain(truth, 100 * k + n, streaks=12)) for k in range(1, 5)])
        for n, truth in enumerate(truths)
    ]
    return Samples(
        torch.stack([tensor(frame) for frame in frames]),
        torch.stack([tensor(truth) for truth in truths]),
        torch.stack(views),
        torch.zeros(count, 4, SIZE, SIZE, dtype=torch.uint8),
        torch.zeros(count, 4, SIZE, SIZE),
    )


def test_a_fusion_learns_to_take_rain_out_and_tells_of_each_step() -> None:
    steps: list[int] = []
    torch.manual_seed(3)
    before = scores(Fusion(), samples())

    network = learned(
        samples(),
        Plan(steps=40, batch=4, size=32, seed=3),
        lambda step, _network: steps.append(step),
    )

    assert steps == list(range(1, 41))
    assert (scores(network, samples()) > before + 3).all()
    assert not any(weight.requires_grad for weight in network.parameters())


def test_one_seed_learns_the_same() -> None:
    plan = Plan(steps=3, batch=2, size=32)

    first, second = (learned(samples(2), plan).state_dict() for _ in range(2))

    assert all(torch.equal(first[name], second[name]) for name in first)


def test_the_distance_is_least_where_nothing_differs_and_grows() -> None:
    truth = torch.full((2, 3, 8, 8), 100.0)

    least, some, more = (float(distance(truth + by, truth)) for by in (0, 4, 20))

    assert least == 1
    assert least < some < more


def test_a_picture_without_error_scores_the_most() -> None:
    nothing = Samples(*(part[:1] for part in samples(1).parts()))
    still = Samples(
        nothing.truth,
        nothing.truth,
        nothing.truth[:, None].expand_as(nothing.views),
        nothing.lost,
        nothing.far,
    )

    assert torch.allclose(scores(Fusion(), still), torch.tensor(51.1414), atol=1e-3)
