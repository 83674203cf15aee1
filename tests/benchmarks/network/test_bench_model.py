import json

import pytest

from benchmarks.network.bench_model import main

QUICK = ("--device", "cpu", "--rounds", "2", "--seconds", "0.1")


@pytest.mark.slow
def test_networks_are_measured_with_shipped_and_with_random_weights(
    capsys: pytest.CaptureFixture[str],
) -> None:
    models = ["--models", "mspfn-lite,mspfn-model3", "--sizes", "32x16,48x32"]

    main([*models, *QUICK])

    found = json.loads(capsys.readouterr().out)["results"]
    lite, other = found["models"]["mspfn-lite"], found["models"]["mspfn-model3"]
    assert lite["weights"] == "shipped"
    assert other["weights"] == "random"
    assert lite["48x32"]["fps"]["median"] > 0
    assert other["32x16"]["fps"]["runs"] == 2
    assert other["32x16"]["floor"]["gmacs"] > lite["32x16"]["floor"]["gmacs"]
    assert found["peaks"]["gigabytes_s"] > 0


@pytest.mark.slow
def test_what_would_take_too_long_is_left_out_and_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    models = ["--models", "mspfn-lite", "--sizes", "32x16,4096x4096"]

    main([*models, *QUICK, "--longest", "0.5"])

    found = json.loads(capsys.readouterr().out)["results"]["models"]["mspfn-lite"]
    assert "would take" in found["4096x4096"]["left_out"]
