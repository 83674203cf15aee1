"""Thousands of damaged inputs for the real program; each may fail, none may surprise.

Clips of every container and codec, pictures, TOML, weights, kept graphs, label files
and the answers of cameras are damaged as a seed says. Each is run in a process with a
time limit. It is a fault if that ends in a traceback, a hang, any exit status but 0, 1
and 2 or no line that says why, or takes an older output away for nothing.

`python -m benchmarks.fuzzing --json benchmarks/results/fuzz.json`; `--first N --inputs
1` runs input N again and keeps its folder.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.fuzzing.kinds import Kinds
from benchmarks.fuzzing.trial import Outcome, Trial, judged
from benchmarks.fuzzing.warm import Order, Warm
from benchmarks.support.measure import document, save

SHARES = {
    "clip": 60,
    "picture": 12,
    "streams": 8,
    "rtsp": 4,
    "training": 4,
    "judge": 3,
    "labels": 5,
    "weights": 2,
    "cache": 2,
}
"""Of a hundred inputs."""
_ORDER = tuple(kind for kind, share in SHARES.items() for _ in range(share))
LIMIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One input, and what came of it."""

    number: int
    trial: Trial
    outcome: Outcome


def fuzzed(
    numbers: Sequence[int],
    *,
    seed: int,
    folder: Path,
    kinds: tuple[str, ...] = tuple(SHARES),
) -> Iterator[Tried]:
    """Yields what came of each input, as it comes.

    Args:
        numbers: Which inputs; with `seed` they say everything of an input.
        seed: Of all.
        folder: Where whole inputs, and those under trial, are put.
        kinds: Those of `SHARES` to try; the others' numbers are left out.
    """
    with ExitStack() as stack:
        warm = {False: stack.enter_context(closing(Warm("pass-through")))}
        makers = Kinds(folder, warm[False], kinds).makers
        for number in numbers:
            kind = _kind_of(number, seed)
            if kind not in makers:
                continue
            place = folder / f"input-{number}"
            place.mkdir()
            rng = Random(f"{seed}-{number}")  # noqa: S311 - to be had again
            with makers[kind](place, rng) as trial:
                if trial.real not in warm:
                    warm[True] = stack.enter_context(closing(Warm("real")))
                ending = warm[trial.real].run(_order(trial, place))
            outcome = judged(trial, ending, place)
            if not outcome.faults and len(numbers) > 1:
                shutil.rmtree(place)
            yield Tried(number=number, trial=trial, outcome=outcome)


def _kind_of(number: int, seed: int) -> str:
    """Returns the kind of an input: each hundred holds all, in another order."""
    order = list(_ORDER)
    Random(f"{seed}-{number // len(order)}").shuffle(order)  # noqa: S311
    return order[number % len(order)]


def _order(trial: Trial, place: Path) -> Order:
    return Order(
        arguments=trial.arguments,
        folder=str(place),
        environment=dict(trial.environment),
        limit_seconds=LIMIT_SECONDS,
    )


def results_of(tried: list[Tried], seconds: float) -> Mapping[str, Any]:
    """Returns the figures of a run: how many of each kind ended how."""
    by_kind: dict[str, Any] = {}
    for kind in SHARES:
        own = [one for one in tried if one.trial.kind == kind]
        statuses = Counter(str(one.outcome.ending.status) for one in own)
        by_kind[kind] = {
            "inputs": len(own),
            "exit_status": dict(sorted(statuses.items())),
        }
    return {
        "inputs": len(tried),
        "seconds": round(seconds),
        "longest_seconds": max(one.outcome.ending.seconds for one in tried),
        "kinds": by_kind,
        "mutations": dict(Counter(one.trial.mutation for one in tried).most_common()),
        "faults": [_fault(one) for one in tried if one.outcome.faults],
    }


def _fault(one: Tried) -> Mapping[str, Any]:
    trial, outcome = one.trial, one.outcome
    return {
        "number": one.number,
        "kind": trial.kind,
        "seed": trial.seed,
        "mutation": trial.mutation,
        "faults": list(outcome.faults),
        "said": outcome.said.strip().splitlines()[-1:],
    }


def main() -> None:
    """Runs the inputs, prints each fault, and writes the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--kinds", default=",".join(SHARES))
    parser.add_argument("--minutes", type=float, help="begin none after so long")
    parser.add_argument("--folder", type=Path, help="kept, with all that failed")
    parser.add_argument("--json", type=Path)
    told = parser.parse_args()
    folder = told.folder or Path(tempfile.mkdtemp(prefix="derain-fuzz-"))
    begun, tried = time.monotonic(), list[Tried]()
    numbers = range(told.first, told.first + told.inputs)
    kinds = tuple(told.kinds.split(","))
    for one in fuzzed(numbers, seed=told.seed, folder=folder, kinds=kinds):
        tried.append(one)
        _show(one, len(tried))
        if told.minutes and time.monotonic() - begun > told.minutes * 60:
            break
    results = results_of(tried, time.monotonic() - begun)
    sys.stdout.write(
        f"{len(tried)} inputs, {len(results['faults'])} faults; {folder}\n"
    )
    if told.json:
        settings = {"seed": told.seed, "limit_seconds": LIMIT_SECONDS}
        save(document("fuzz", settings, results), told.json)


def _show(one: Tried, count: int) -> None:
    trial, outcome = one.trial, one.outcome
    if outcome.faults:
        what = f"{trial.kind}, {trial.seed}, {trial.mutation}"
        sys.stdout.write(f"{one.number} ({what}): {'; '.join(outcome.faults)}\n")
        sys.stdout.write(
            f"    {(outcome.said.strip().splitlines() or [''])[-1][:300]}\n"
        )
    elif not count % 100:
        sys.stdout.write(f"... {count}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
