import csv
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model import load_network, read_header
from training import TrainingError, TrainSettings, train
from training.loop import Progress
from training.progress.schedule import Phase
from training.run import BEST, CHECKPOINT, CURVES, MANIFEST, is_finished

CPU = torch.device("cpu")


def settings_for(clean: Path, output: Path, steps: int = 4) -> TrainSettings:
    return TrainSettings(
        clean=(str(clean),),
        output=str(output),
        steps=steps,
        phases=(Phase(start=0.0, size=32, batch=2),),
        rain_maps=4,
        rain_size=48,
        precision="fp32",
        checkpoint_seconds=0.0,
        warm_up=1,
    )


def run(settings: TrainSettings, *, resume: bool = False) -> list[Progress]:
    seen: list[Progress] = []
    train(settings, device=CPU, resume=resume, report=lambda now, _: seen.append(now))
    return seen


@pytest.mark.slow
def test_a_resumed_run_ends_bit_for_bit_like_one_in_one_go(
    clean_folder: Path, tmp_path: Path
) -> None:
    whole = settings_for(clean_folder, tmp_path / "whole")
    run(whole)
    cut = settings_for(clean_folder, tmp_path / "cut", steps=2)
    run(cut)

    run(replace(cut, steps=4), resume=True)

    first = torch.load(tmp_path / "whole" / CHECKPOINT, weights_only=True)
    second = torch.load(tmp_path / "cut" / CHECKPOINT, weights_only=True)
    assert first["step"] == second["step"] == 4
    for part in ("network", "average"):
        for name, value in first[part].items():
            assert torch.equal(value, second[part][name]), name
    assert torch.equal(first["generator"], second["generator"])


@pytest.mark.slow
def test_a_run_on_sequences_ends_alike_whether_it_was_cut_or_not(
    clean_folder: Path, tmp_path: Path
) -> None:
    whole = replace(
        settings_for(clean_folder, tmp_path / "whole", steps=2),
        model="mspfn-tiny-video",
        begin_from="mspfn-tiny",
        frames=2,
        fastest=2.0,
        falling=0.2,
        validation=str(clean_folder),
    )
    cut = replace(whole, output=str(tmp_path / "cut"), steps=1)

    run(whole)
    run(cut)
    run(replace(cut, steps=2), resume=True)

    first, second = (
        load_network(tmp_path / name / "mspfn-tiny-video.safetensors")[1].tensors
        for name in ("whole", "cut")
    )
    assert all(torch.equal(first[name], second[name]) for name in first)
    with (tmp_path / "cut" / CURVES).open(encoding="utf-8") as file:
        scores = [float(row["validation_psnr"]) for row in csv.DictReader(file)]
    assert len(scores) == 2
    assert min(scores) > 5


@pytest.mark.slow
def test_what_a_run_ends_with_is_measured(clean_folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "run"
    settings = settings_for(clean_folder, output, steps=2)

    run(replace(settings, validation=str(clean_folder), checkpoint_seconds=1e9))

    with (output / CURVES).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["2"]
    assert float(rows[0]["validation_psnr"]) > 0


@pytest.mark.slow
def test_a_run_leaves_weights_curves_and_the_list_of_its_files(
    clean_folder: Path, tmp_path: Path
) -> None:
    output = tmp_path / "run"
    settings = settings_for(clean_folder, output, steps=2)

    run(replace(settings, validation=str(clean_folder), model="mspfn-lite"))

    network, weights = load_network(output / "mspfn-lite.safetensors")
    assert weights.header["steps"] == "2"
    assert network(torch.rand(1, 3, 32, 32)).isfinite().all()
    with (output / CURVES).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == ["1", "2"]
    assert float(rows[0]["validation_psnr"]) > 0
    with (output / MANIFEST).open(encoding="utf-8") as file:
        assert [row["file"] for row in csv.DictReader(file)] == [
            "0.png",
            "1.png",
            "2.png",
        ]


@pytest.mark.slow
def test_a_killed_run_goes_on_from_its_last_checkpoint(
    clean_folder: Path, tmp_path: Path
) -> None:
    output = tmp_path / "run"
    config = tmp_path / "run.toml"
    config.write_text(
        f'clean = ["{clean_folder}"]\noutput = "{output}"\nsteps = 100000\n'
        f'validation = "{clean_folder}"\n'
        "rain_maps = 4\nrain_size = 48\ncheckpoint_seconds = 0.0\n"
        "phases = [{start = 0.0, size = 32, batch = 2}]\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "derain", "train", str(config)]
    command += ["--device", "cpu"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        limit = threading.Timer(240, process.kill)
        limit.start()
        assert process.stdout is not None
        for line in process.stdout:  # a line for each checkpoint
            if line.startswith("step 2:"):
                break
        process.send_signal(signal.SIGKILL)
        limit.cancel()

    done = torch.load(output / CHECKPOINT, weights_only=True)["step"]
    settings = settings_for(clean_folder, output, steps=done + 1)
    seen = run(settings, resume=True)

    assert done >= 2
    assert [now.step for now in seen] == [done + 1]


@pytest.mark.slow
def test_training_learns_to_leave_less_rain(clean_folder: Path, tmp_path: Path) -> None:
    settings = replace(
        settings_for(clean_folder, tmp_path / "run", steps=48),
        phases=(Phase(start=0.0, size=32, batch=4),),
    )

    seen = run(replace(settings, rate=2e-3, checkpoint_seconds=1e9))

    first, last = (sum(now.loss for now in part) for part in (seen[:12], seen[-12:]))
    assert last < 0.85 * first


def test_a_finished_run_goes_on_when_it_is_planned_longer(
    clean_folder: Path, tmp_path: Path
) -> None:
    short = settings_for(clean_folder, tmp_path, steps=1)
    longer = replace(short, steps=2)
    run(short)
    weights = tmp_path / f"{short.title}.safetensors"

    assert is_finished(weights, short)
    assert not is_finished(weights, longer)

    run(longer, resume=True)

    assert is_finished(weights, longer)
    assert read_header(weights)["steps"] == "2"


def test_a_run_is_not_overwritten_by_accident(
    clean_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / CHECKPOINT).touch()

    with pytest.raises(TrainingError, match="--resume goes on with it"):
        run(settings_for(clean_folder, tmp_path))


def test_a_run_with_nothing_to_train_on_is_refused(tmp_path: Path) -> None:
    settings = TrainSettings(output=str(tmp_path))

    with pytest.raises(TrainingError, match="Nothing to train on"):
        run(settings)


def test_half_a_checkpoint_is_refused(clean_folder: Path, tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT).write_bytes(b"PK\x03\x04half")

    with pytest.raises(TrainingError, match="is not a whole checkpoint"):
        run(settings_for(clean_folder, tmp_path), resume=True)


@pytest.mark.slow
def test_a_run_begins_from_trained_weights(clean_folder: Path, tmp_path: Path) -> None:
    settings = settings_for(clean_folder, tmp_path / "on", steps=1)
    onward = replace(settings, begin_from="mspfn-lite", rate=1e-9, floor=1e-9)

    run(onward)

    trained, _ = load_network(tmp_path / "on" / "mspfn-lite.safetensors")
    shipped, _ = load_network("mspfn-lite")
    for name, value in shipped.state_dict().items():
        torch.testing.assert_close(
            trained.state_dict()[name], value, atol=1e-3, rtol=1e-3
        )


@pytest.mark.slow
def test_weights_are_blended_with_those_the_run_began_from(
    clean_folder: Path, tmp_path: Path
) -> None:
    settings = replace(
        settings_for(clean_folder, tmp_path / "new", steps=2), begin_from="mspfn-lite"
    )
    run(replace(settings, rate=1e-2))
    half = replace(settings, rate=1e-2, blend=0.5, output=str(tmp_path / "half"))
    run(half)

    began, new, blended = (
        load_network(model)[0].state_dict()
        for model in (
            "mspfn-lite",
            tmp_path / "new" / "mspfn-lite.safetensors",
            tmp_path / "half" / "mspfn-lite.safetensors",
        )
    )
    for name, value in blended.items():
        torch.testing.assert_close(
            value, (began[name] + new[name]) / 2, atol=2e-3, rtol=2e-3
        )
    assert any(not torch.allclose(new[name], began[name], atol=4e-3) for name in new)


def test_beginning_from_another_network_is_refused_in_one_line(
    clean_folder: Path, tmp_path: Path
) -> None:
    settings = settings_for(clean_folder, tmp_path / "other")

    with pytest.raises(TrainingError, match=r"holds mspfn-lite; .* train is mspfn\."):
        run(replace(settings, model="mspfn", begin_from="mspfn-lite"))
    with pytest.raises(TrainingError, match="begin_from: "):
        run(replace(settings, begin_from="gone.safetensors"))


@pytest.mark.slow
def test_a_pupil_learns_the_teachers_answer_in_its_share(
    clean_folder: Path, tmp_path: Path
) -> None:
    settings = replace(
        settings_for(clean_folder, tmp_path / "alike", steps=1),
        begin_from="mspfn-lite",
        teacher="mspfn-lite",
    )
    alone = 1.05e-3  # of equation 3, where nothing differs

    (alike,) = run(replace(settings, teacher_share=1.0))
    (truth,) = run(replace(settings, teacher_share=0.0, output=str(tmp_path / "truth")))
    (half,) = run(replace(settings, output=str(tmp_path / "half")))

    assert alike.loss == pytest.approx(alone, rel=1e-3)
    assert truth.loss > 2 * alone
    assert half.loss == pytest.approx((alike.loss + truth.loss) / 2, rel=1e-3)


def test_a_teacher_that_is_not_there_is_refused_in_one_line(
    clean_folder: Path, tmp_path: Path
) -> None:
    settings = settings_for(clean_folder, tmp_path / "other")

    with pytest.raises(TrainingError, match="teacher: "):
        run(replace(settings, teacher="gone.safetensors"))
    with pytest.raises(TrainingError, match="from 0 to 1, got 2"):
        replace(settings, teacher="mspfn-lite", teacher_share=2)


@pytest.mark.slow
def test_epochs_are_counted_in_crops_or_in_pairs(
    clean_folder: Path, tmp_path: Path
) -> None:
    for folder in ("input", "target"):  # three pairs of 96 x 80: 6 crops in each
        shutil.copytree(clean_folder, tmp_path / "pairs" / folder)
    settings = replace(
        settings_for(clean_folder, tmp_path / "crops"),
        clean=(),
        pairs=(f"pairs:{tmp_path / 'pairs'}",),
        epochs=1,
        phases=(Phase(start=0.0, size=32, batch=4),),
    )

    crops = run(settings)
    pairs = run(replace(settings, epoch="pairs", output=str(tmp_path / "pairs")))

    assert (len(crops), len(pairs)) == (5, 1)
    assert crops[-1].progress == pairs[-1].progress == 1


@pytest.mark.slow
def test_the_best_weights_so_far_stay_beside_the_last_ones(
    clean_folder: Path, tmp_path: Path
) -> None:
    output = tmp_path / "run"
    settings = replace(
        settings_for(clean_folder, output, steps=2), validation=str(clean_folder)
    )

    run(settings)
    with (output / BEST).open(encoding="utf-8") as file:
        before = [float(row["validation_psnr"]) for row in csv.DictReader(file)]
    # A rate that ruins the network: what it was before stays the best.
    run(replace(settings, steps=4, rate=0.3, floor=0.3, ema=0.0), resume=True)

    with (output / BEST).open(encoding="utf-8") as file:
        after = [float(row["validation_psnr"]) for row in csv.DictReader(file)]
    header = read_header(output / "mspfn-lite-best.safetensors")
    assert before == sorted(before)
    assert after == before
    assert float(header["validation_psnr"]) == pytest.approx(before[-1], abs=1e-4)
