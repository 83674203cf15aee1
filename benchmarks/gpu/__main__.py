"""The command: `python -m benchmarks.gpu prepare|check|speed|train`.

`prepare` is called here, without a GPU; it prints the calls of the others, which are
made on the machine that has one. `--dry` does the same tiny and on the CPU.
"""

import argparse
import os
import sys
from pathlib import Path

from benchmarks.gpu.findings import Findings
from benchmarks.gpu.package import FOLDER
from benchmarks.gpu.parts import PARTS, WHOLE_S, work_of
from benchmarks.gpu.runner import Order, findings_of, run_phase, table


def main() -> None:
    """Does what the first word says."""
    given = _parser().parse_args()
    {
        "prepare": _prepare,
        "check": _phase,
        "speed": _phase,
        "train": _train,
        "part": _part,
    }[given.phase](given)


def _parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.gpu", description=__doc__
    )
    phases = options.add_subparsers(dest="phase", required=True)
    prepare = phases.add_parser("prepare", help="pack what the machine lacks")
    prepare.add_argument("data", type=Path, help="folder with train/, val/ and videos/")
    prepare.add_argument("--seconds", type=float, default=590.0, help="for `train`")
    for name in ("check", "speed"):
        phase = phases.add_parser(name, help=", ".join(PARTS[name]))
        phase.add_argument("--parts", default=",".join(PARTS[name]))
        phase.add_argument("--seconds", type=float, default=WHOLE_S[name])
    train = phases.add_parser("train", help="train until the seconds are over")
    train.add_argument("--seconds", type=float, required=True)
    train.add_argument("--config", type=Path, help="TOML to train by")
    part = phases.add_parser("part", help="one part, in this process")
    part.add_argument("name")
    part.add_argument("--seconds", type=float, default=60.0)
    for phase in phases.choices.values():
        phase.add_argument("--package", type=Path, default=FOLDER)
        phase.add_argument("--out", type=Path, default=Path("out"))
        phase.add_argument("--dry", action="store_true", help="tiny, on the CPU")
    return options


def _prepare(given: argparse.Namespace) -> None:
    from benchmarks.gpu.prepare import calls, prepare

    sys.stdout.write(prepare(given.data, given.package) + calls(given.seconds))


def _phase(given: argparse.Namespace) -> None:
    order = Order(
        phase=given.phase,
        parts=given.parts.split(","),
        seconds=given.seconds,
        out=given.out.absolute(),
        package=given.package.absolute(),
        dry=given.dry,
    )
    results = run_phase(order)
    sys.stdout.write(table(results))
    sys.exit(any(part["ended"] != "done" for part in results.values()))


def _part(given: argparse.Namespace) -> None:
    if given.dry:  # what a card would run; chosen before a kernel is defined
        os.environ["TRITON_INTERPRET"] = "1"
    found = Findings(findings_of(given.name, given.out), given.seconds)
    work = work_of(given.name)
    from benchmarks.gpu.subject import Subject

    work(Subject(dry=given.dry, package=given.package, out=given.out), found)


def _train(given: argparse.Namespace) -> None:
    from benchmarks.gpu.training import train

    sys.exit(
        train(
            given.seconds,
            given.package.absolute(),
            given.out.absolute(),
            config=given.config,
            dry=given.dry,
        )
    )


if __name__ == "__main__":
    main()
