"""The list of networks, as a table and as JSON."""

import json

import pytest

from streamer.cli.networks.models import models


def test_models_puts_ours_beside_the_papers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    models(as_json=True)

    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["mspfn"]["paper_millions"] == 13.35
    assert rows["mspfn-lite"]["parameters"] == 1_666_320
    assert rows["mspfn-lite"]["weights_shipped"]
    assert rows["mspfn-model4"]["reading"]


def test_models_prints_every_choice_that_was_made(
    capsys: pytest.CaptureFixture[str],
) -> None:
    models(as_json=False)

    shown = capsys.readouterr().out
    assert "mspfn-release-retrain" in shown
    assert "Where the paper leaves a choice open" in shown
