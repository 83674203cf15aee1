"""The light network's Triton kernels, compiled for cards that are not here.

For each form of each kernel: registers of a thread, stack (what was spilled) and
shared memory, by generation of card; and for whole pictures how many launches there
are and how many bytes they move on paper. Nothing is run.
`python -m benchmarks.network.bench_triton_compile --json` writes
benchmarks/results/triton_compile.json.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import torch

from benchmarks.support.measure import RESULTS, document, save
from benchmarks.support.triton_ahead import (
    bytes_of,
    compiled,
    forms_of,
    launches_of,
)
from model.backends.triton.forms import DEFAULT, FORMS
from model.backends.triton.planning.launches import Launch

MODEL = "mspfn-lite"
SIZES = {"720p": (720, 1280), "1080p": (1080, 1920)}
CARDS = {80: "A100", 86: "RTX 30", 89: "RTX 40, L4", 90: "H100, H200"}
KINDS = {"fp16": torch.float16, "bf16": torch.bfloat16}
BOXED = "triton-boxed"
PERSISTENT = ("triton-persistent", "triton-persistent-half")
_UNTOLD = {"HIGH", "WIDE", "UP_HIGH", "UP_WIDE", "AT_ONCE"}


def name_of(launch: Launch) -> str:
    """Returns a kernel's form as a reader knows it."""
    told = {key: int(value) for key, value in launch.constants.items()}
    parts = [f"{key}={value}" for key, value in told.items() if key not in _UNTOLD]
    return " ".join([launch.kernel, *(part for part in parts if part[-2:] != "=0")])


def resources(
    kind: str, capabilities: Sequence[int], arranged: str = DEFAULT
) -> dict[str, Any]:
    """Returns each form's resources by capability, in numbers of a kind.

    `arranged` names how the launches are; of another than the default only those
    kernels are compiled that the default does not have.
    """
    launches = _launches(kind, arranged)
    if arranged != DEFAULT:
        known = {one.form for one in _launches(kind, DEFAULT)}
        launches = [one for one in launches if one.form not in known]
    forms = forms_of(launches)
    found: dict[str, Any] = {}
    with ThreadPoolExecutor(2) as pool:
        for launch, count in forms:
            made = pool.map(lambda c, one=launch: compiled(one, c), capabilities)
            pairs = zip(capabilities, map(asdict, made), strict=True)
            found[name_of(launch)] = {
                "launches": count,
                **{f"sm_{capability}": one for capability, one in pairs},
            }
    return found


def _launches(kind: str, arranged: str) -> list[Launch]:
    return launches_of(MODEL, SIZES["720p"], KINDS[kind], FORMS[arranged])


def on_paper(size: tuple[int, int], arranged: str = DEFAULT) -> dict[str, Any]:
    """Returns launches and megabytes of a picture, together and by kernel."""
    launches = launches_of(MODEL, size, torch.float16, FORMS[arranged])
    counts = Counter(launch.kernel for launch in launches)
    moved: Counter[str] = Counter()
    for launch in launches:
        moved[launch.kernel] += bytes_of(launch)
    return {
        "launches": len(launches),
        "mbyte": round(sum(moved.values()) / 1e6, 1),
        "by kernel": {
            name: {"launches": counts[name], "mbyte": round(moved[name] / 1e6, 1)}
            for name in counts
        },
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Compiles all forms for all cards."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cards", default=",".join(map(str, CARDS)))
    options.add_argument("--json", action="store_true", help="write the results")
    given = options.parse_args(arguments)
    cards = [int(card) for card in given.cards.split(",")]
    results = {
        "forms": {kind: resources(kind, cards) for kind in KINDS},
        "boxed": {
            kind: resources(kind, [card for card in cards if card >= 90], BOXED)
            for kind in KINDS
        },
        "persistent": {kind: resources(kind, cards, PERSISTENT[-1]) for kind in KINDS},
        "on paper, fp16": {name: on_paper(size) for name, size in SIZES.items()},
        "on paper, fp16, persistent": {
            arranged: {name: on_paper(size, arranged) for name, size in SIZES.items()}
            for arranged in PERSISTENT
        },
    }
    settings = {"model": MODEL, "triton": version("triton"), "cards": cards}
    whole = document("triton_compile", settings, results)
    sys.stdout.write(json.dumps(whole, indent=2) + "\n")
    if given.json:
        save(whole, RESULTS / "triton_compile.json")


if __name__ == "__main__":
    main()
