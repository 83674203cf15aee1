"""Trains for as long as there is time; what is cut short leaves its last weights."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.gpu.package import environment

START_S, END_S, KILL_S = 35.0, 20.0, 10.0
"""To load and fill the pool; to validate and save at the end; and if that hangs."""
_COPY_EVERY_S = 20.0
_CONFIG = Path(__file__).with_name("train_lite.toml")
_DRY = """
rain_maps = 2
rain_size = 64
phases = [{start = 0.0, size = 32, batch = 1}]
"""


def budget_of(seconds: float) -> float:
    """Returns the training's own budget, in seconds, of a call's time.

    Raises:
        ValueError: Nothing would be left of it.
    """
    budget = seconds - START_S - END_S - KILL_S
    if budget < 1:
        least = START_S + END_S + KILL_S + 1
        raise ValueError(f"Training takes at least {least:.0f} s, got {seconds:.0f} s.")
    return budget


def train(
    seconds: float,
    package: Path,
    out: Path,
    *,
    config: Path | None = None,
    dry: bool = False,
) -> int:
    """Trains on the packed pictures; returns the program's exit status.

    Weights and curve are copied to `out` again and again, so a cut costs little.
    Ends within `seconds`: asked to at first, and killed if that does not help.
    """
    begun_s = time.monotonic()
    budget = 1.0 if dry else budget_of(seconds)
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch:
        work = Path(scratch)
        made = work / "run"
        (work / "data").symlink_to(package / "train")
        settings = work / "train.toml"
        settings.write_text(_settings(config or _CONFIG, dry=dry), encoding="utf-8")
        words = [sys.executable, "-m", "derain", "train", str(settings)]
        words += ["--device", "cpu" if dry else "cuda", "--budget", f"{budget:.0f}s"]
        words += ["--output", str(made)]
        with (
            (out / "train.log").open("w", encoding="utf-8") as told,
            subprocess.Popen(  # noqa: S603 - our own program
                words,
                cwd=work,
                env=environment(package),
                stdout=told,
                stderr=subprocess.STDOUT,
            ) as process,
        ):
            try:
                _watch(process, made, out, begun_s + seconds)
            finally:
                process.kill()
        _copy(made, out)
    return process.returncode


def _settings(config: Path, *, dry: bool) -> str:
    text = config.read_text(encoding="utf-8")
    if not dry:
        return text
    own = ("rain_maps", "rain_size", "phases")
    kept = [line for line in text.splitlines() if not line.startswith(own)]
    return "\n".join(kept) + _DRY


def _watch(
    process: "subprocess.Popen[bytes]", made: Path, out: Path, ends_s: float
) -> None:
    """Copies what there is until the program ends, or has to."""
    for asked_s, ask in ((ends_s - END_S, signal.SIGTERM), (ends_s - 2, None)):
        while (left_s := asked_s - time.monotonic()) > 0:
            try:
                process.wait(min(left_s, _COPY_EVERY_S))
            except subprocess.TimeoutExpired:
                _copy(made, out)
            else:
                return
        if ask is not None:
            process.send_signal(ask)


def _copy(made: Path, out: Path) -> None:
    """Copies weights and curve; they are written whole, or not yet there."""
    for file in (*made.glob("*.safetensors"), *made.glob("*.csv")):
        shutil.copy(file, out / file.name)
