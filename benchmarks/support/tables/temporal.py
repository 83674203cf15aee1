"""The tables of docs/temporal.md, from what `benchmarks.temporal` measured.

`python -m benchmarks.support.tables.temporal` prints them; a test holds the
document to them.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.support.measure import RESULTS

_WAYS = {
    "input": "rainy input",
    "network": "network, frame by frame",
    "fused causal": "fusion alone, causal",
    "causal": "**`--temporal causal`**",
    "fused centred": "fusion alone, centred",
    "centred": "**`--temporal centred`**",
}
_KINDS = ("causal", "centred")

Found = Mapping[str, Any]


def rainy_clip(results: Found) -> Iterator[str]:
    """Yields the table of what each way is worth on a clip with truth."""
    yield _line("", "PSNR", "SSIM", "warping error", "tOF")
    yield _line(*["---"] * 5)
    clip = results["rainy_clip"]
    for name, shown in _WAYS.items():
        way = clip[name]
        yield _line(
            shown,
            f"{way['psnr']:.2f}",
            f"{way['ssim']:.4f}",
            f"{way['warp']:.2f}",
            f"{way['tof']:.3f}",
        )
    yield _line("the truth itself", "", "1", f"{clip['truth']['warp']:.2f}", "0")


def cost(results: Found) -> Iterator[str]:
    """Yields the table of milliseconds a frame."""
    times = results["cost"]["ms_a_frame"]
    width, height = results["cost"]["size"]
    runs = times["network"]["runs"]
    yield _line(
        f"ms a frame, {width}x{height}", f"median of {runs}", "lowest", "of the network"
    )
    yield _line(*["---"] * 4)
    for name, spread in times.items():
        share = results["cost"].get(f"{name}_to_network")
        yield _line(
            name,
            f"{spread['median']:.0f}",
            f"{spread['lowest']:.0f}",
            "" if share is None else f"{share:.2f}",
        )


def dry_clips(results: Found) -> Iterator[str]:
    """Yields the table of how little dry clips change."""
    heads = (f"{kind}: still / whole" for kind in _KINDS)
    yield _line("dry clip", "pixels still", *heads)
    yield _line(*["---"] * 4)
    for name, clip in results["dry_clips"].items():
        decibels = (
            f"{clip[kind]['still_db']:.1f} / {clip[kind]['whole_db']:.1f} dB"
            for kind in _KINDS
        )
        yield _line(name, f"{clip['still_share']:.0%}", *decibels)


def drawn_rain(results: Found) -> Iterator[str]:
    """Yields the table of what is made of rain drawn over dry clips."""
    shown = ("input", "network", "causal", "centred")
    yield _line("dry clip, rain drawn over it", "amount", *shown)
    yield _line(*["---"] * (len(shown) + 2))
    for name, amounts in results.items():
        for amount, ways in amounts.items():
            yield _line(name, amount, *(f"{ways[way]:.2f}" for way in shown))


def gate_sets(results: Found) -> Iterator[str]:
    """Yields the table of how much rain the gate sees in each set."""
    yield _line(
        "set",
        "",
        "coverage, %: lowest / median / highest",
        "above the threshold",
        "as a stream",
    )
    yield _line(*["---"] * 5)
    for name, found in results["sets"].items():
        shares = (f"{found['coverage'][key]:.2f}" for key in ("min", "median", "max"))
        passed = found.get("as_a_stream", {}).items()
        yield _line(
            f"{name} ({found['pictures']})",
            found["kind"],
            " / ".join(shares),
            f"{found['rainy_share']:.0%}",
            ", ".join(f"{count} {decision.lower()}" for decision, count in passed),
        )


def gate_curve(results: Found) -> Iterator[str]:
    """Yields the table of what other thresholds would do to single pictures."""
    points = sorted(results["pictures"], key=lambda point: point["threshold"])
    yield _line("coverage, %", *(f"{point['threshold']:g}" for point in points))
    yield _line(*["---"] * (len(points) + 1))
    for name, key in (("dry passed", "dry_passed"), ("rainy derained", "rainy_kept")):
        yield _line(name, *(f"{point[key]:.0%}" for point in points))


def fit_pairs(results: Found) -> Iterator[str]:
    """Yields the table of what pictures are worth that the network left out."""
    pairs, times = results["pairs"], results["cost"]["processor_ms_a_picture"]
    rates = [name for name in pairs if name.startswith("every_")]
    heads = [f"every {name.removeprefix('every_')}" for name in rates]
    yield _line("the pictures between are", *heads, "ms of a processor")
    yield _line(*["---"] * (len(rates) + 2))
    for way in pairs[rates[0]]:
        found = [pairs[rate][way] for rate in rates]
        cells = [f"{one['psnr_between']:.2f} dB, {one['warp']:.2f}" for one in found]
        ms = times.get("half" if "half scale" in way else way)
        yield _line(way, *cells, "" if ms is None else f"{ms:.0f}")


def fit_clip(results: Found) -> Iterator[str]:
    """Yields the table of how steady a clip of real rain becomes."""
    clip = results["clip"]
    rates = [name for name in clip if name.startswith("every_")]
    heads = [f"every {name.removeprefix('every_')}" for name in rates]
    yield _line("the pictures between are", *heads)
    yield _line(*["---"] * (len(rates) + 1))
    for way in clip[rates[0]]:
        found = [clip[rate][way] for rate in rates]
        cells = [f"{one['warp']:.2f} / {one['flicker']:.2f}" for one in found]
        yield _line(way, *cells)


TABLES = {
    "temporal.json": (rainy_clip, cost, dry_clips),
    "temporal_rain.json": (drawn_rain,),
    "gate.json": (gate_sets, gate_curve),
    "fit.json": (fit_pairs, fit_clip),
}


def tables(folder: Path) -> Iterator[str]:
    """Yields every line of every table; an empty one between two."""
    for file, made in TABLES.items():
        results = json.loads((folder / file).read_text(encoding="utf-8"))["results"]
        for table in made:
            yield from table(results)
            yield ""


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(tables(RESULTS)))
