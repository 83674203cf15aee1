from pathlib import Path

import pytest

from evaluation.sets import TestSet, open_set
from tests.support.sets.folders import write_named


def _names(found: TestSet) -> list[tuple[str, str]]:
    return [(s.rainy.path.name, s.truth.path.name) for s in found.samples if s.truth]


def test_the_real_half_of_rainds_is_paired_by_number(tmp_path: Path) -> None:
    place = tmp_path / "RainDS_real" / "test_set"
    for folder in ("gt", "rainstreak", "raindrop", "rainstreak_raindrop"):
        write_named(place / folder, "2.png", "10.png")

    found = open_set("RainDS-both", str(tmp_path))

    assert _names(found) == [("2.png", "2.png"), ("10.png", "10.png")]
    assert found.samples[0].rainy.path.parent.name == "rainstreak_raindrop"


@pytest.mark.parametrize(
    ("name", "folder", "start"),
    [
        ("RainDS", "rainstreak", "rain"),
        ("RainDS-drops", "raindrop", "rd"),
        ("RainDS-both", "rainstreak_raindrop", "rd-rain"),
    ],
)
def test_both_series_of_the_made_half_of_rainds_are_paired(
    tmp_path: Path, name: str, folder: str, start: str
) -> None:
    write_named(tmp_path / "gt", "norain-1.png", "pie-norain-1.png")
    write_named(tmp_path / folder, f"{start}-1.png", f"pie-{start}-1.png")

    found = open_set(name, str(tmp_path))

    assert _names(found) == [
        (f"pie-{start}-1.png", "pie-norain-1.png"),
        (f"{start}-1.png", "norain-1.png"),
    ]
    assert not found.problems


def test_the_frames_of_a_gt_rain_scene_share_its_clean_picture(tmp_path: Path) -> None:
    for scene in ("Oinari_0-0", "Oinari_1-1"):
        names = [f"{scene}-Webcam-{end}.png" for end in ("C-000", "R-000", "R-001")]
        write_named(tmp_path / "GT-RAIN_test" / scene, *names)

    found = open_set("GT-RAIN", str(tmp_path))

    assert [truth for _, truth in _names(found)] == [
        *["Oinari_0-0-Webcam-C-000.png"] * 2,
        *["Oinari_1-1-Webcam-C-000.png"] * 2,
    ]
    assert found.measures == ("psnr", "psnr-fit", "ssim")
    assert found.counted(4) == "4 of 2100 pairs: NOT COMPLETE"


def test_a_copy_of_some_scenes_is_taken_as_input_and_target(tmp_path: Path) -> None:
    write_named(tmp_path / "input", "Deadwood_0-0-0.png", "Deadwood_0-0-1.png")
    write_named(tmp_path / "target", "Deadwood_0-0.png")

    found = open_set("GT-RAIN", str(tmp_path))

    assert found.counted(len(found.samples)) == "2 pairs"


def test_weatherbench_is_found_below_its_kind_of_weather(tmp_path: Path) -> None:
    for folder in ("input", "target"):
        write_named(tmp_path / "WeatherBench" / "rain" / "test" / folder, "207.jpg")

    assert _names(open_set("WeatherBench", str(tmp_path))) == [("207.jpg", "207.jpg")]
