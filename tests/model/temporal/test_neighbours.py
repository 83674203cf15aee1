from collections.abc import Iterable

import cv2
import numpy as np
import pytest

from model.pictures.pixels import RgbArray
from model.temporal.neighbours import Neighbours
from tests.support.media.rainy_scene import (
    Picture,
    dense_rain,
    faint_scene,
    psnr,
    rain,
    scene,
)


def taken(neighbours: Neighbours, like: RgbArray) -> list[RgbArray]:
    found = []
    while neighbours.due:
        found.append(np.empty_like(like))
        neighbours.take(found[-1])
    return found


def all_of(frames: Iterable[RgbArray], ahead: int = 0) -> list[RgbArray]:
    neighbours = Neighbours(ahead)
    found = []
    frame = None
    for frame in frames:
        neighbours.push(frame)
        found += taken(neighbours, frame)
    neighbours.end()
    return found + (taken(neighbours, frame) if frame is not None else [])


def panned(count: int) -> list[Picture]:
    wide = scene(width=200)
    return [np.ascontiguousarray(wide[:, 2 * i : 2 * i + 160]) for i in range(count)]


@pytest.mark.parametrize("ahead", [0, 2])
def test_rain_before_a_still_scene_is_mostly_gone(ahead: int) -> None:
    truth = scene()
    rainy = [rain(truth, seed) for seed in range(6)]

    cleaned = all_of(rainy, ahead)

    for frame, made in list(zip(rainy, cleaned, strict=True))[2:]:
        assert psnr(made, truth) > psnr(frame, truth) + 3


@pytest.mark.parametrize(("ahead", "gain"), [(0, 4), (2, 6)])
def test_dense_rain_before_a_faint_scene_is_mostly_gone(ahead: int, gain: int) -> None:
    truth, rainy = faint_scene(240, 320), dense_rain(7)

    cleaned = all_of(rainy, ahead)

    for i in (2, 3, 4):
        assert psnr(cleaned[i], truth) > psnr(rainy[i], truth) + gain


def test_rain_before_a_moving_scene_is_mostly_gone() -> None:
    truths = panned(6)
    rainy = [rain(truth, seed) for seed, truth in enumerate(truths)]

    cleaned = all_of(rainy, ahead=2)

    for i in (2, 3):
        assert psnr(cleaned[i], truths[i]) > psnr(rainy[i], truths[i]) + 3


def test_a_dry_scene_that_moves_stays_as_it_is() -> None:
    frames = panned(6)

    cleaned = all_of(frames)

    for frame, made in zip(frames, cleaned, strict=True):
        assert psnr(made, frame) > 45


def test_nothing_becomes_brighter() -> None:
    rainy = [rain(scene(), seed) for seed in range(4)]

    cleaned = all_of(rainy)

    assert all((m <= frame).all() for frame, m in zip(rainy, cleaned, strict=True))


def test_a_dark_moving_thing_stays() -> None:
    frames = [scene() for _ in range(6)]
    for i, frame in enumerate(frames):
        cv2.circle(frame, (20 + 22 * i, 60), 8, (5, 5, 5), -1)

    cleaned = all_of(frames)

    for i, made in enumerate(cleaned):
        assert made[60, 20 + 22 * i].max() <= 5


@pytest.mark.parametrize(
    ("ahead", "radius", "late"), [(0, 10, 0), (2, 7, 0), (0, 7, 1)]
)
def test_a_lamp_that_lights_up_survives(ahead: int, radius: int, late: int) -> None:
    frames = [scene() for _ in range(7)]
    for frame in frames[3:]:
        cv2.circle(frame, (80, 60), radius, (250, 240, 220), -1)

    cleaned = all_of(frames, ahead)

    for made in cleaned[3 + late :]:
        np.testing.assert_array_equal(made[54:67, 74:87], frames[3][54:67, 74:87])


def test_nothing_is_taken_across_a_cut() -> None:
    first, second = scene(seed=1), 255 - scene(seed=9)

    cleaned = all_of([first, first, first, second, second])

    np.testing.assert_array_equal(cleaned[3], second)


@pytest.mark.parametrize("ahead", [0, 2])
def test_a_change_of_size_begins_anew(ahead: int) -> None:
    small, large = scene(), scene(144, 200)
    neighbours = Neighbours(ahead)
    shapes: list[tuple[int, ...]] = []
    frames = [small, small, small, large, large, large]
    for frame in frames:
        neighbours.push(frame)
        if neighbours.due:
            like = frames[len(shapes)]
            shapes += [made.shape for made in taken(neighbours, like)[:1]]

    assert shapes == [frame.shape for frame in frames[: len(shapes)]]
    assert len(shapes) == len(frames) - ahead


def test_the_first_frames_are_left_to_the_network() -> None:
    rainy = [rain(scene(), seed) for seed in range(3)]

    cleaned = all_of(rainy)

    for frame, made in list(zip(rainy, cleaned, strict=True))[:2]:
        np.testing.assert_array_equal(made, frame)


@pytest.mark.parametrize(("ahead", "count"), [(0, 5), (2, 5), (2, 1), (2, 0)])
def test_as_many_frames_come_out_as_went_in(ahead: int, count: int) -> None:
    assert len(all_of([scene()] * count, ahead)) == count


def test_frames_come_out_as_late_as_they_look_ahead() -> None:
    neighbours = Neighbours(ahead=2)

    due = []
    for _ in range(4):
        neighbours.push(scene())
        due.append(neighbours.due)
        taken(neighbours, scene())

    assert due == [False, False, True, True]


def test_two_streams_do_not_mix() -> None:
    one = [rain(scene(seed=1), seed) for seed in range(4)]
    other = [rain(scene(seed=2), 50 + seed) for seed in range(4)]
    alone = all_of(one)

    first, second = Neighbours(), Neighbours()
    together = []
    for a, b in zip(one, other, strict=True):
        first.push(a)
        second.push(b)
        together += taken(first, a)
        taken(second, b)

    for expected, got in zip(alone, together, strict=True):
        np.testing.assert_array_equal(got, expected)


def test_sixteen_bits_give_the_same_picture_as_eight() -> None:
    rainy = [rain(scene(), seed) for seed in range(4)]

    shallow = all_of(rainy)
    deep = all_of([frame.astype(np.uint16) * 257 for frame in rainy])

    for a, b in zip(shallow, deep, strict=True):
        assert b.dtype == np.uint16
        difference = np.abs(b / 257 - a)
        assert np.percentile(difference, 99.9) <= 2
        assert difference.mean() < 0.15  # eight bits round


def test_pictures_too_small_for_flow_pass_unchanged() -> None:
    frames = [rain(scene(24, 100), seed) for seed in range(4)]

    cleaned = all_of(frames)

    for frame, made in zip(frames, cleaned, strict=True):
        np.testing.assert_array_equal(made, frame)


def test_a_frame_that_is_due_must_be_taken_before_the_next() -> None:
    neighbours = Neighbours()
    neighbours.push(scene())

    with pytest.raises(RuntimeError, match="take is owed"):
        neighbours.push(scene())


def test_no_frame_can_be_taken_before_it_is_due() -> None:
    with pytest.raises(RuntimeError, match="No frame is due"):
        Neighbours().take(scene())


@pytest.mark.parametrize("cut", [1, 2, 5])
def test_a_memory_that_goes_on_in_mid_stream_says_what_one_that_saw_all_says(
    cut: int,
) -> None:
    frames = [rain(truth, seed) for seed, truth in enumerate(panned(8))]
    whole = all_of(frames)
    before = Neighbours()
    for frame in frames[:cut]:
        before.push(frame)
        taken(before, frame)

    rest = Neighbours(remembered=before.lumas)
    again = min(cut, 2)
    found = []
    for frame in frames[cut - again :]:
        rest.push(frame)
        found += taken(rest, frame)

    for made, expected in zip(found[again:], whole[cut:], strict=True):
        np.testing.assert_array_equal(made, expected)


def test_without_what_is_remembered_the_middle_of_a_stream_comes_out_otherwise() -> (
    None
):
    frames = [rain(truth, seed) for seed, truth in enumerate(panned(8))]

    [*_, last] = all_of(frames[5:])

    assert not np.array_equal(last, all_of(frames)[-1])
