"""What documents say of faults.json, soak.json and latency.json, made from these.

`python -m benchmarks.support.tables.live` prints it; with `--write` it goes into
docs/faults.md, docs/live.md and the README, between their marks. A test holds the
documents to it.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.support.measure import PROJECT, RESULTS

_END = "<!-- end -->"
_README_ROW = re.compile(r"^\| \[live, 640x360 at 30 fps\].*$", re.MULTILINE)
_Outcome = Mapping[str, Any]


def fault_table(outcomes: Sequence[_Outcome]) -> str:
    """Returns what each fault did, as Markdown; columns that were measured alone."""
    columns: dict[str, Callable[[_Outcome], str]] = {
        "What was done": lambda one: str(one.get("error") or one["fault"]),
        "What the stream did": lambda one: str(one["stream_did"]),
        "Back after": lambda one: _seconds(one["recovery_seconds"]),
        "Frames lost": lambda one: str(one["frames_lost"]),
        "Longest write": lambda one: f"{one['worst_write_ms']:.0f} ms",
    }
    if all("viewer_gap_seconds" in one for one in outcomes):
        columns |= {
            "Longest gap at the far end": lambda one: _seconds(
                one["viewer_gap_seconds"]
            ),
            "What health said": lambda one: str(one["health"]),
        }
    rows = [
        " | ".join(cell(one) for cell in columns.values()).join(("| ", " |"))
        for one in outcomes
    ]
    head = " | ".join(columns).join(("| ", " |"))
    return "\n".join([head, "|---" * len(columns) + "|", *rows])


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"


def soak_text(found: Mapping[str, Any]) -> str:
    """Returns what a soak found, in a sentence."""
    last = found["samples"][-1]
    return (
        f"{found['faults']} faults in {found['seconds'] / 60:.0f} minutes "
        "([soak.json](../benchmarks/results/soak.json)): from a third of them to the "
        f"end memory grew by {_share(found['rss_growth'])}, to "
        f"{last['rss_mib']:.0f} MiB,\n"
        f"threads by {_share(found['threads_growth'])}, descriptors by "
        f"{_share(found['descriptors_growth'])}; never more than "
        f"{found['most_children']} children, {found['orphans']} left behind; "
        f"{found['files']} recordings of ten\nseconds, {found['files_broken']} broken, "
        f"{found['files_cut_by_full_disk']} cut by the full disk, "
        f"{found['files_with_a_damaged_end']} of all with a damaged end."
    )


def _share(growth: float) -> str:
    return f"{100 * growth:.1f} %"


def latency_text(found: Mapping[str, Mapping[str, float]]) -> str:
    """Returns what the pipeline adds to the delay, in a sentence."""
    serve, push = found["serve"], found["push"]
    return (
        "At 640x360 and 30 fps, with a network that copies, the pipeline adds "
        f"{serve['own_p50_ms']:.0f} ms (p50) and {serve['own_p95_ms']:.0f} ms (p95)\n"
        "to what camera and viewer take when it serves, "
        f"{push['own_p50_ms']:.0f} and {push['own_p95_ms']:.0f} ms when it pushes\n"
        "([latency.json](../benchmarks/results/latency.json))."
    )


def latency_row(found: Mapping[str, Mapping[str, float]]) -> str:
    """Returns the README's row on delay."""
    both = " / ".join(f"{found[way]['own_p95_ms']:.0f}" for way in ("serve", "push"))
    return (
        "| [live, 640x360 at 30 fps](benchmarks/results/latency.json), the pipeline's "
        f"own delay, serve / push | {both} ms p95 | without the network |"
    )


def with_figures(name: str, text: str, results: Mapping[str, Any]) -> str:
    """Returns the text of a document with what the figures say.

    Args:
        name: Of the document: `README.md`, `docs/faults.md` or `docs/live.md`.
        text: As it is.
        results: Of `faults`, `soak` and `latency`.

    Raises:
        ValueError: The document has no mark for it.
    """
    if name == "README.md":
        return _README_ROW.sub(latency_row(results["latency"]), text)
    if name == "docs/live.md":
        return _between(text, "latency.json", latency_text(results["latency"]))
    text = _between(text, "faults.json", fault_table(results["faults"]["outcomes"]))
    return _between(text, "soak.json", soak_text(results["soak"]))


def _between(text: str, source: str, said: str) -> str:
    begin = f"<!-- from {source} -->\n"
    before, found, behind = text.partition(begin)
    _, ended, after = behind.partition(_END)
    if not found or not ended:
        raise ValueError(f"Expected {begin.strip()} and {_END} in the document.")
    return f"{before}{begin}{said}\n{_END}{after}"


DOCUMENTS = ("README.md", "docs/faults.md", "docs/live.md")


def read_results(folder: Path = RESULTS) -> dict[str, Any]:
    """Returns the results that the documents are made from."""
    names = ("faults", "soak", "latency")
    return {
        name: json.loads((folder / f"{name}.json").read_text())["results"]
        for name in names
    }


def main() -> None:
    """Prints what the figures say, or writes it into the documents."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="into the documents")
    results = read_results()
    if parser.parse_args().write:
        for name in DOCUMENTS:
            path = PROJECT / name
            path.write_text(with_figures(name, path.read_text(), results))
        return
    said = (
        fault_table(results["faults"]["outcomes"]),
        soak_text(results["soak"]),
        latency_text(results["latency"]),
        latency_row(results["latency"]),
    )
    sys.stdout.write("\n\n".join(said) + "\n")


if __name__ == "__main__":
    main()
