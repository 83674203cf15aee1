from pathlib import Path

import numpy as np
import pytest
import typer

from streamer.cli.rain.kinds import STILL_KINDS, FallingKind, darkened, rain_kind

GREY = np.full((40, 48, 3), 120, np.uint8)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("snow", "No rain is named snow"),
        ("falling:2", "above 0 and at most 1, got '2'"),
        ("falling:x", "above 0 and at most 1, got 'x'"),
    ],
)
def test_a_kind_that_is_none_is_refused(kind: str, message: str) -> None:
    with pytest.raises(typer.BadParameter, match=message):
        rain_kind(kind)


def test_falling_rain_has_its_own_veil() -> None:
    with pytest.raises(typer.BadParameter, match="a veil of its own"):
        rain_kind("falling", veil=True)


def test_a_kind_is_named_as_it_is_asked_for(tmp_path: Path) -> None:
    for text in (*STILL_KINDS, "falling:0.25"):
        assert rain_kind(text).name == text
    assert rain_kind("falling").name == "falling:0.6"
    assert rain_kind(f"layers:{tmp_path}").name == f"layers:{tmp_path.name}"


def test_layers_need_a_folder() -> None:
    with pytest.raises(typer.BadParameter, match="got '/none': no folder"):
        rain_kind("layers:/none")
    with pytest.raises(typer.BadParameter, match="No rain is named layers"):
        rain_kind("layers")


def test_falling_rain_is_the_same_for_a_seed_and_leaves_the_dry_picture() -> None:
    rain = FallingKind(amount=0.8)

    wet, dry = rain.pair(GREY, 3)

    assert np.array_equal(dry, GREY)
    assert np.array_equal(wet, rain(GREY, 3))
    assert not np.array_equal(wet, rain(GREY, 4))
    assert not np.array_equal(wet, dry)


def test_at_night_the_dry_picture_is_the_dark_one() -> None:
    wet, dry = FallingKind(amount=0.8, night=True).pair(GREY, 3)

    assert np.array_equal(dry, darkened(GREY, 3))
    assert dry.max() < 90
    assert wet.shape == dry.shape


def test_night_leaves_black_and_white_as_they_are() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)

    dark = darkened(levels, 1)

    assert (dark[0, 0, 0], dark[-1, -1, 0]) == (0, 255)
    assert np.all(np.diff(dark[..., 0].ravel().astype(int)) >= 0)
    assert np.all(dark <= levels)
