"""Newer sets of pairs: drops and streaks (RainDS), and rain that was really falling.

- RainDS: Quan et al., "Removing Raindrops and Rain Streaks in One Go", CVPR 2021. `gt/`
  beside `rainstreak/`, `raindrop/` and `rainstreak_raindrop/`; its real half names all
  by one number, its made half `norain-N`, `rain-N`, `rd-N`, `rd-rain-N`, or the same
  after `pie-`.
- GT-RAIN: Ba et al., "Not Just Streaks: Towards Ground Truth for Single Image
  Deraining", ECCV 2022, arXiv:2206.10779. A folder for each scene, with many
  `SCENE-Webcam-R-NNN.png` and one `SCENE-Webcam-C-000.png`, in two lights.
- WeatherBench: rain before cameras that stand still, `rain/test/input/` and `target/`.
"""

from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.sets.pair_sets import SetForm
from evaluation.sets.pairing import PairForm
from evaluation.sets.testset import Sample, TestSet

_GT_RAIN = 2100
_TWO_LIGHTS = ("psnr", "psnr-fit", "ssim")
"""The figures of pairs that were taken one after the other."""
_SCENE = PairForm(
    rainy="",
    truth="",
    rainy_name=r"(?P<key>.+)-R-\d+",
    truth_name=r"(?P<key>.+)-C-\d+",
)
_COPIED = PairForm(rainy="input", truth="target", rainy_name=r"(?P<key>.+)-\d+")


def _rain_ds(name: str, folder: str, start: str, what: str) -> SetForm:
    return SetForm(
        name=name,
        expected=None,
        forms=(
            PairForm(rainy=folder, truth="gt"),
            PairForm(
                rainy=folder,
                truth="gt",
                rainy_name=rf"(?P<series>pie-)?{start}(?P<key>\d+)",
                truth_name=r"(?P<series>pie-)?norain-(?P<key>\d+)",
            ),
        ),
        folders=(
            "test_set",
            "RainDS_real/test_set",
            "RainDS/RainDS_real/test_set",
            "test",
            "RainDS_syn/test",
        ),
        notes=(f"RainDS, {what}: its real half, unless ROOT is the made one.",),
    )


WEATHER_SETS = (
    _rain_ds("RainDS", "rainstreak", "rain-", "streaks"),
    _rain_ds("RainDS-drops", "raindrop", "rd-", "drops on glass"),
    _rain_ds("RainDS-both", "rainstreak_raindrop", "rd-rain-", "streaks and drops"),
    SetForm(
        name="WeatherBench",
        expected=None,
        forms=(PairForm(rainy="input", truth="target"),),
        folders=("rain/test", "WeatherBench/rain/test", "test"),
        measures=_TWO_LIGHTS,
        notes=("Rain and truth were taken one after the other: see psnr-fit.",),
    ),
)


def open_gt_rain(root: Path) -> TestSet:
    """Returns GT-RAIN's test half, or a copy of some of it as `input/` and `target/`.

    Raises:
        EvaluationError: No scene is there.
    """
    for place in (root, root / "GT-RAIN_test", root / "GT-RAIN" / "GT-RAIN_test"):
        if not place.is_dir():
            continue
        scenes = [p for p in (place, *sorted(place.iterdir())) if p.is_dir()]
        found = [(p, _SCENE) for p in scenes if _SCENE.fits(p)]
        if not found and _COPIED.fits(place):
            found = [(place, _COPIED)]
        if found:
            return _joined(place, found)
    raise EvaluationError(
        f"{root} holds no GT-RAIN in a known form; expected folders of scenes with "
        "SCENE-Webcam-R-NNN.png and SCENE-Webcam-C-000.png, or input/ with target/."
    )


def _joined(place: Path, scenes: list[tuple[Path, PairForm]]) -> TestSet:
    samples: list[Sample] = []
    problems: list[str] = []
    for folder, form in scenes:
        own, missing = form.samples(folder)
        samples += own
        problems += missing
    return TestSet(
        name="GT-RAIN",
        root=str(place),
        unit="pairs",
        samples=tuple(samples),
        expected=None if scenes[0][1] is _COPIED else _GT_RAIN,
        problems=tuple(problems),
        measures=_TWO_LIGHTS,
        notes=("Real rain; its truth was taken in another light: see psnr-fit.",),
    )
