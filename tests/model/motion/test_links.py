"""How a scene moves between frames, and where nobody can tell."""

import cv2
import numpy as np
import pytest

from model.motion.links import FINE, Link, Motion, Path, joined, sampled
from model.pictures.pixels import RgbArray
from tests.support.media.rainy_scene import dense_rain

WIDE = cv2.resize(
    np.random.default_rng(1).integers(0, 255, (30, 60, 3), np.uint8),
    (240, 120),
    interpolation=cv2.INTER_CUBIC,
)
INSIDE = slice(30, 90)


def seen(shift: int, kind: type = np.uint8) -> RgbArray:
    """A part of the scene, `shift` pixels further to the right."""
    part = WIDE[:, 20 + shift : 180 + shift]
    scale = 257 if kind is np.uint16 else 1
    return np.ascontiguousarray(part).astype(kind) * np.array(scale, kind)


def linked(*frames: RgbArray, fine: int = FINE) -> Link | None:
    motion = Motion(fine)
    links = [motion.link(frame) for frame in frames]
    assert links[0] is None
    return links[-1]


def moved(path: Path) -> float:
    """The median way in x, in the middle of the picture."""
    columns = np.arange(path.places.shape[1], dtype=np.float32)
    return float(np.median((path.places[..., 0] - columns)[INSIDE, INSIDE]))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_scene_that_slides_is_followed_there_and_back(kind: type) -> None:
    link = linked(seen(0, kind), seen(4, kind))

    assert link is not None
    assert moved(link.back) == pytest.approx(4, abs=0.3)
    assert moved(link.forth) == pytest.approx(-4, abs=0.3)


def test_at_half_the_size_the_way_is_that_of_the_whole() -> None:
    link = linked(seen(0), seen(4), fine=6000)

    assert link is not None
    assert link.back.places.shape == (120, 160, 2)
    assert moved(link.back) == pytest.approx(4, abs=1)


def test_what_left_the_picture_is_lost() -> None:
    link = linked(seen(0), seen(6))

    assert link is not None
    assert link.forth.lost[:, :5].min() == 255  # it went out at the left
    assert link.back.lost[:, -5:].min() == 255  # it came in at the right
    assert link.back.lost[INSIDE, INSIDE].max() == 0


@pytest.mark.parametrize("second", [255 - seen(0), seen(0)[:100]])
def test_another_scene_or_size_is_no_continuation(second: RgbArray) -> None:
    assert linked(seen(0), np.ascontiguousarray(second)) is None


def test_a_camera_that_stands_still_is_followed_through_dense_rain() -> None:
    first, second = dense_rain(2)

    link = linked(first, second)

    assert link is not None
    for path in (link.back, link.forth):
        assert path.lost.mean() < 0.05 * 255
        assert abs(moved(path)) < 1


def test_two_scenes_in_one_rain_are_two_scenes() -> None:
    first = dense_rain(1, seed=1)[0]
    second = dense_rain(2, seed=5)[1]

    assert linked(first, second) is None


def test_pictures_too_small_for_flow_have_none() -> None:
    assert linked(seen(0)[:40], seen(1)[:40]) is None


def test_after_a_cut_the_new_scene_is_followed() -> None:
    motion = Motion()
    other = np.ascontiguousarray(255 - seen(0))

    links = [motion.link(frame) for frame in (seen(0), other, other)]

    assert [link is not None for link in links] == [False, False, True]


def test_a_cleaner_version_of_the_last_frame_is_followed() -> None:
    motion = Motion()
    motion.link(255 - seen(0))

    motion.replace_last(seen(0))
    link = motion.link(seen(4))

    assert link is not None
    assert moved(link.back) == pytest.approx(4, abs=0.3)


def flat_path(right: float, height: int = 8, width: int = 10) -> Path:
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    places = np.stack([columns + np.float32(right), rows], axis=-1)
    return Path(places, np.zeros((height, width), np.uint8))


def test_two_ways_are_joined_and_what_one_of_them_loses_is_lost() -> None:
    first, second = flat_path(2), flat_path(3)
    first.lost[0, 0] = 255
    second.lost[4, 6] = 255

    way = joined(first, second)

    assert way.places[2, 1].tolist() == [6, 2]
    assert way.lost[0, 0] == 255
    assert way.lost[4, 4] == 255
    assert way.lost[:, 8:].min() == 255  # beyond the edge of the second
    assert way.lost[2, 2] == 0


def test_a_picture_is_seen_from_other_places_between_pixels_too() -> None:
    picture = np.zeros((8, 10, 3), np.uint8)
    picture[:, 5] = 100
    out = np.empty_like(picture)

    sampled(picture, flat_path(0.5).places, out)

    assert out[3, 3:7, 0].tolist() == [0, 59, 59, 0]  # sharper than 50, 50
