from pathlib import Path

import pytest
from safetensors import safe_open
from safetensors.torch import load_file

from model.motion import fusion
from model.motion.fusion import SHIPPED, Fusion, shipped
from tests.conftest import MakeClip
from training.fusion.train import main


def test_the_command_draws_learns_and_writes_weights_that_fit(
    wide_folder: Path, make_clip: MakeClip, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = make_clip("street.mp4", frames=8, size=(256, 240))
    output = wide_folder.parent / "fusion.safetensors"
    words = ["--clean", str(wide_folder), "--clip", f"{clip}:0:8"]
    words += ["--output", str(output), "--scenes", "8", "--clip-scenes", "8"]

    main([*words, "--steps", "2", "--seed", "5"])

    Fusion().load_state_dict(load_file(output))
    with safe_open(output, "pt") as file:
        header = file.metadata()
    assert header["model"] == "temporal-fusion"
    assert header["clips"] == '["street.mp4:0:8"]'
    assert (header["pictures"], header["steps"], header["seed"]) == ("2", "2", "5")
    assert "step 2: causal" in capsys.readouterr().out


def test_other_weights_are_trained_without_those_that_ship(
    wide_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fusion, "SHIPPED", wide_folder / "none.safetensors")
    shipped.cache_clear()
    output = wide_folder.parent / "fusion.safetensors"
    words = ["--clean", str(wide_folder), "--output", str(output), "--scenes", "4"]

    main([*words, "--steps", "1"])

    assert load_file(output)


def test_the_weights_that_ship_say_how_they_were_made() -> None:
    with safe_open(SHIPPED, "pt") as file:
        header = file.metadata()

    assert header["model"] == "temporal-fusion"
    assert int(header["steps"]) >= 1000
    assert int(header["pictures"]) == 1241
