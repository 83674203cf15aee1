from evaluation.reports.examples import ranked
from evaluation.scores import Evaluation


def test_the_worst_come_first_and_nobody_is_in_both(outcome: Evaluation) -> None:
    worst, best = ranked(outcome.results[1], outcome.measures[0])

    values = [score.values["psnr"] for score in (*worst, *reversed(best))]
    assert values == sorted(values)
    assert len({score.sample for score in (*worst, *best)}) == 3
