import re

from rich.console import Console

from evaluation.reports.terminal import print_evaluation
from evaluation.scores import Evaluation


def test_the_table_shows_the_paper_beside_ours(outcome: Evaluation) -> None:
    console = Console(record=True, width=120)

    print_evaluation(outcome, console)

    text = console.export_text()
    assert "Rain100H: 3 of 100 pairs: NOT COMPLETE" in text
    assert "PSNR dB ↑ (mprnet)" in text
    assert re.search(r"MSPFN \(paper\) +│ +28.66", text)
    assert "dimmer: 3 of 100 pairs: NOT COMPLETE, cpu fake fp32" in text
    assert "modelparameters.mat needed, from github.com/utlive/niqe" in text
