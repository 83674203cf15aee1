"""Sequences that a video network learns from."""

from pathlib import Path

import torch

from training.data.camera import Camera
from training.data.pictures import CleanPictures
from training.data.sequences import Sequences, rained_on
from training.progress.schedule import Phase
from training.rain.pool import RainPool
from training.rain.showers import Showers
from training.rain.weather import Weather

PHASE = Phase(start=0.0, size=32, batch=2)
CPU = torch.device("cpu")
CALM = {"exposure": 0, "night": 0, "veil": 0, "noise": 0, "compression": 0, "dry": 0}


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def sequences(folder: Path) -> Sequences:
    generator = seeded()
    pool = RainPool({"bold": 1.0}, 2, 48, generator)
    return Sequences(
        generator,
        clean=CleanPictures([folder], CPU),
        showers=Showers(pool, frames=3, falling=0.0, generator=generator),
        camera=Camera(frames=3, fastest=4.0),
    )


def frames(count: int = 3, scenes: int = 40) -> torch.Tensor:
    return torch.rand(count, scenes, 3, 16, 16, generator=seeded(1))


def test_scenes_come_with_their_motion_and_the_same_again(clean_folder: Path) -> None:
    first = sequences(clean_folder).sequence(PHASE)
    again = sequences(clean_folder).sequence(PHASE)

    assert len(first) == 3
    assert first.rainy.shape == first.clean.shape == (3, 2, 3, 32, 32)
    assert first.alignment(0) is None
    alignment = first.alignment(2)
    assert alignment is not None
    assert alignment.places.shape == (2, 32, 32, 2)
    assert alignment.known.shape == (2, 1, 32, 32)
    assert torch.equal(first.rainy, again.rainy)
    assert torch.equal(first.places, again.places)


def test_for_a_network_without_a_memory_all_frames_are_pictures(
    clean_folder: Path,
) -> None:
    rainy, clean = sequences(clean_folder).draw(PHASE)

    whole = sequences(clean_folder).sequence(PHASE)
    assert torch.equal(rainy, whole.rainy.flatten(0, 1))
    assert torch.equal(clean, whole.clean.flatten(0, 1))


def test_a_sequence_goes_on_from_a_state_with_the_same_rain(clean_folder: Path) -> None:
    first, second = sequences(clean_folder), sequences(clean_folder)
    first.draw(PHASE)

    second.restore(first.state())

    assert torch.equal(second.state()["maps"], first.state()["maps"])


def test_all_frames_of_a_scene_have_the_same_light() -> None:
    clean, none = frames(), torch.zeros(3, 40, 1, 16, 16)
    weather = Weather(**{**CALM, "exposure": 0.5, "night": 0.5}, lamps=0)

    _, truth = rained_on(clean.clamp(0.2, 0.8), none, weather, seeded(2))

    light = truth.mean((2, 3, 4)) / clean.clamp(0.2, 0.8).mean((2, 3, 4))
    among_frames = light.std(0).mean()
    assert light.std(1).mean() > 10 * among_frames


def test_rain_lies_in_its_own_frame() -> None:
    clean = frames()
    rain = torch.zeros(3, 40, 1, 16, 16)
    rain[1, :, :, 4:8] = 0.5

    rainy, truth = rained_on(clean, rain, Weather(**CALM), seeded(2))

    wet = (rainy - truth).abs().amax((1, 2, 4))
    assert torch.equal(truth, clean)
    assert (wet[1, 4:8] > 0.1).all()
    wet[1, 4:8] = 0
    assert wet.max() == 0


def test_noise_is_another_in_each_frame() -> None:
    grey, none = torch.full((3, 40, 3, 16, 16), 0.5), torch.zeros(3, 40, 1, 16, 16)

    rainy, _ = rained_on(grey, none, Weather(**{**CALM, "noise": 1.0}), seeded(2))

    assert not torch.equal(rainy[0], rainy[1])
    assert (rainy[0] - rainy[1]).std() > 1.2 * (rainy - 0.5).std()
