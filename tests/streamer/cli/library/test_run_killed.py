"""The real program at long work: killed and interrupted, it loses no piece."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT, MakeClip
from tests.support.patience import PATIENCE_SECONDS
from tests.support.probe import look_at
from tests.support.runs.film_program import EXACTLY, done_in, run, under_way
from tests.support.runs.pieces import frames_of, write_showers

pytestmark = pytest.mark.slow


def test_killed_at_ten_moments_and_resumed_the_film_is_the_undisturbed_one(
    make_clip: MakeClip,
) -> None:
    source = make_clip(frames=400, options={"g": "20"}, audio=True)
    calm, torn = source.with_name("calm.mp4"), source.with_name("torn.mp4")
    how = ("--resume", "--piece", "1", *EXACTLY)
    assert run(source, calm, *how)[0] == 0
    rng = random.Random(18)  # noqa: S311 - moments, no secrets

    for _ in range(10):
        pictures = rng.randint(1, 60)
        with under_way(source, torn, *how, pictures=pictures):
            pass
    before = done_in(torn)
    status, errors = run(source, torn, *how)

    assert status == 0, errors
    assert before > 0 or not torn.exists()
    assert frames_of(torn) == frames_of(calm)
    assert look_at(torn) == look_at(calm)


def test_killed_while_it_joins_the_film_has_lost_nothing(make_clip: MakeClip) -> None:
    source = make_clip(frames=100, options={"g": "20"}, audio=True)
    calm, torn = source.with_name("calm.mp4"), source.with_name("torn.mp4")
    how = ("--resume", "--piece", "1", *EXACTLY)
    assert run(source, calm, *how)[0] == 0
    folder = torn.parent / ".derain" / "torn.mp4.pieces"

    with under_way(source, torn, *how, pictures=90, seconds=0.002) as process:
        while process.poll() is None and not (folder / "joined.part.mp4").exists():
            continue
    pieces = done_in(torn)
    status, errors = run(source, torn, *how)

    assert (status, pieces) == (0, done_in(calm)), errors
    assert frames_of(torn) == frames_of(calm)
    assert not folder.exists()


def test_ctrl_c_keeps_every_finished_piece(make_clip: MakeClip) -> None:
    source = make_clip(frames=200, options={"g": "20"})
    sink = source.with_name("out.mp4")

    with under_way(
        source, sink, "--resume", "--piece", "1", pictures=90, seconds=0.01
    ) as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE_SECONDS)
        status = process.returncode
    kept = done_in(sink)

    assert status == 130
    assert kept >= 2
    told = f"interrupted; {kept} finished pieces are kept: the same command with --res"
    assert told in errors
    assert "Traceback" not in errors
    assert run(source, sink, "--resume", "--piece", "1")[0] == 0
    assert len(look_at(sink).times) == 200


@pytest.mark.parametrize("temporal", ["off", "causal", "centred"])
def test_the_network_that_ships_makes_the_same_film_after_a_kill(
    tmp_path: Path, temporal: str
) -> None:
    source = write_showers(tmp_path / "a.mp4", frames=60, rainy=lambda n: n < 22)
    program = [sys.executable, "-m", "derain", "run", str(source)]
    more = ["--temporal", temporal, "--crf", "0", "--backend", "openvino"]
    whole, pieces = tmp_path / "whole.mp4", tmp_path / "pieces.mp4"
    subprocess.run(
        [*program, str(whole), *more],
        check=True,
        cwd=PROJECT,
        timeout=4 * PATIENCE_SECONDS,
    )
    long = [*program, str(pieces), *more, "--resume", "--piece", "1"]

    with subprocess.Popen(long, cwd=PROJECT) as process:
        while process.poll() is None and not done_in(pieces):
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        process.kill()
    subprocess.run(long, check=True, cwd=PROJECT, timeout=4 * PATIENCE_SECONDS)

    assert frames_of(pieces) == frames_of(whole)
