"""The page of `derain evaluate --html` on pictures that the project draws itself.

`python -m benchmarks.quality.drawn_report` draws streets by day, at dusk and by night
in rain from drizzle to a shower, takes the rain out and writes docs/report.html.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2

from benchmarks.support.measure import PROJECT
from evaluation.errors import EvaluationError
from evaluation.evaluate import Plan, evaluate
from evaluation.reports.html_report import write_html
from evaluation.reports.progress import show_progress
from sources.synthetic.falling_rain import FallingRain
from sources.synthetic.street import Street

_SIZE = (320, 180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture: a street, an hour and a shower."""

    name: str
    seed: int
    index: int
    """Which frame of the drive."""
    darkness: float
    """0 is day, 1 is night."""
    intensity: float
    """Of the rain: 0.15 is drizzle, 1 a heavy shower."""


SCENES = (
    Scene(name="drizzle by day", seed=1, index=20, darkness=0, intensity=0.2),
    Scene(name="rain by day", seed=2, index=90, darkness=0, intensity=0.5),
    Scene(name="shower by day", seed=3, index=150, darkness=0, intensity=1),
    Scene(name="rain at dusk", seed=4, index=40, darkness=0.5, intensity=0.6),
    Scene(name="rain by night", seed=5, index=200, darkness=1, intensity=0.6),
    Scene(name="shower by night", seed=6, index=70, darkness=1, intensity=1),
)


def draw(folder: Path) -> None:
    """Writes each scene in rain below `input/` and dry below `target/`."""
    for scene in SCENES:
        dry = Street(*_SIZE, seed=scene.seed).frame(scene.index, scene.darkness)
        rain = FallingRain(*_SIZE, intensity=scene.intensity, seed=scene.seed)
        wet = rain.apply(dry, scene.index)
        for half, picture in (("input", wet), ("target", dry)):
            path = folder / half / f"{scene.name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            if not cv2.imwrite(str(path), picture[..., ::-1]):
                raise EvaluationError(f"{path} could not be written.")


def write_page(path: Path, model: str = "mspfn-lite") -> None:
    """Draws, evaluates and writes the page.

    Raises:
        EvaluationError: The model cannot be had.
    """
    with tempfile.TemporaryDirectory() as folder, show_progress() as progress:
        drawn = Path(folder) / "drawn streets"
        draw(drawn)
        plan = Plan(set_name="pairs", root=str(drawn), models=(model,))
        outcome = evaluate(plan, progress)
        write_html(outcome.evaluation, outcome.methods, path)


def main() -> None:
    """Writes the page to where the documents are, or elsewhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="mspfn-lite")
    parser.add_argument("--page", type=Path, default=PROJECT / "docs" / "report.html")
    asked = parser.parse_args()
    write_page(asked.page, asked.model)
    sys.stdout.write(f"{asked.page}: {asked.page.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
