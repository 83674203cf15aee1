"""What cameras lose while the file that names them is changed: 0 frames is the bar.

Four real RTSP cameras run from one file. Two of them, the untouched, are in it all the
time; the others are removed, added, changed, and the file is broken and mended. Frames
that are missing in what the untouched wrote are counted by their times, and again over
as long a time without changes. `python -m benchmarks.live.bench_fleet_change --json`
takes two minutes and writes benchmarks/results/.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from threading import Thread
from typing import Any

import av

from benchmarks.support.live_parts import PassThrough
from benchmarks.support.measure import RESULTS, document, save
from streamer.cli.run.live.fleet import RunningFile
from streamer.cli.run.live.reload import Reloader
from streamer.cli.run.page import no_tap
from streamer.live.fleet.settings import FleetSettings, fleet_in
from streamer.live.fleet.supervisor import Fleet
from streamer.live.metrics.counters import LiveSnapshot
from streamer.settings import DEFAULTS
from tests.support.servers.peers import RtspPeer, eventually

RATE = 25
UNTOUCHED, TOUCHED = ("gate", "yard"), ("road", "roof")
_ENTRY = '[[stream]]\nname = "{}"\nsource = "{}"\nsink = "{}"\n'
BROKEN = "[[stream"


class CamerasFile:
    """The file of four cameras, and what it says after each change.

    Args:
        folder: Holds it, and what the untouched write.
        addresses: Of the cameras, by name.
    """

    def __init__(self, folder: Path, addresses: dict[str, str]) -> None:
        self.path = folder / "cameras.toml"
        self._folder = folder
        self._addresses = addresses

    def texts(self) -> list[tuple[str, str]]:
        """Returns changes in their order: what is done, and the file after it."""
        road, roof = TOUCHED
        cut = {"max_latency": 100}
        return [
            (f"{roof} removed", self._text([road])),
            (f"{roof} added", self._text([road, roof])),
            (f"{road} changed", self._text([road, roof], {road: cut})),
            ("both removed", self._text([])),
            ("both added", self._text([road, roof])),
            ("file broken", BROKEN),
            ("file mended", self._text([road, roof])),
        ]

    def write(self, text: str) -> None:
        """Replaces the file as an editor does."""
        beside = self.path.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.path)

    def first(self) -> str:
        """Returns the file at the beginning: all four."""
        return self._text(list(TOUCHED))

    def output(self, name: str) -> Path:
        """Returns where an untouched camera is written."""
        return self._folder / f"{name}.mp4"

    def _text(
        self, touched: Sequence[str], more: dict[str, dict[str, int]] | None = None
    ) -> str:
        lines = [
            _ENTRY.format(name, self._addresses[name], self.output(name))
            for name in UNTOUCHED
        ]
        for name in touched:
            lines.append(_ENTRY.format(name, self._addresses[name], "null:"))
            extra = (more or {}).get(name, {})
            lines += [f"{key} = {value}\n" for key, value in extra.items()]
        return "".join(lines)


@contextmanager
def cameras() -> Iterator[dict[str, str]]:
    """Starts one real camera for each name; gives their addresses."""
    with ExitStack() as stack:
        found = {}
        for name in (*UNTOUCHED, *TOUCHED):
            peer = RtspPeer("--size", "320x180", "--gop", str(RATE)).start()
            stack.callback(peer.kill)
            found[name] = peer.url()
        yield found


def missing_in(path: Path, begun: int) -> tuple[int, int]:
    """Returns how many frames a file holds, and how many are missing between them.

    A camera's frames are equally far apart; one that was lost leaves a hole.

    Args:
        path: The file.
        begun: So many frames at its beginning, while all four start, do not count.
    """
    with av.open(str(path)) as container:
        times = sorted(
            packet.pts * packet.time_base
            for packet in container.demux(video=0)
            if packet.pts is not None and packet.time_base is not None
        )[begun:]
    step = Fraction(1, RATE)
    holes = [
        max(round((after - before) / step) - 1, 0) for before, after in pairwise(times)
    ]
    return len(holes), sum(holes)


def run(seconds: float, *, changing: bool) -> dict[str, Any]:
    """Runs the cameras once; returns what the untouched lost.

    Args:
        seconds: Between two changes, once the cameras are there.
        changing: Whether the file changes; else the same time passes.
    """
    with tempfile.TemporaryDirectory() as folder, cameras() as addresses:
        file = CamerasFile(Path(folder), addresses)
        file.write(file.first())

        def load() -> FleetSettings:
            return fleet_in(file.path, DEFAULTS.changed({"gate": "off"}), {})

        fleet = Fleet(PassThrough())
        running = RunningFile(fleet, load())
        thread = Thread(target=running.run, args=(no_tap,), daemon=True)
        thread.start()
        _await(fleet, (*UNTOUCHED, *TOUCHED))
        begun = fleet.snapshots()
        watch = Reloader(file.path, load, running.apply)
        for _what, text in file.texts():
            if changing:
                file.write(text)
                watch.look()
                _await(fleet, [stream.name for stream in running.streams])
            time.sleep(seconds)
        shots = fleet.snapshots()
        fleet.stop()
        thread.join(30)
        return {
            name: _told(file.output(name), begun[name], shots[name])
            for name in UNTOUCHED
        }


def _await(fleet: Fleet, names: Sequence[str]) -> None:
    def flow() -> bool:
        shots = fleet.snapshots()
        return all(name in shots and shots[name].frames_out > RATE for name in names)

    eventually(flow, seconds=60, what=f"pictures of {', '.join(names)}")


def _told(path: Path, begun: LiveSnapshot, ended: LiveSnapshot) -> dict[str, int]:
    frames, missing = missing_in(path, begun.frames_out)
    return {
        "frames": frames,
        "missing": missing,
        "dropped": sum(ended.dropped.values()) - sum(begun.dropped.values()),
        "reconnects": ended.reconnects - begun.reconnects,
    }


def main() -> None:
    """Runs with and without changes, and prints what was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", nargs="?", const=str(RESULTS / "fleet_change.json"))
    parser.add_argument("--seconds", type=float, default=4.0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        named = dict.fromkeys((*UNTOUCHED, *TOUCHED), "rtsp://...")
        changes = [what for what, _ in CamerasFile(Path(folder), named).texts()]
    results = {
        "changes": changes,
        "untouched_while_the_file_changes": run(wanted.seconds, changing=True),
        "untouched_without_changes": run(wanted.seconds, changing=False),
    }
    settings = {"rate": RATE, "size": "320x180", "seconds": wanted.seconds}
    if wanted.json:
        save(document("fleet_change", settings, results), Path(wanted.json))
    sys.stdout.write(f"{results}\n")


if __name__ == "__main__":
    main()
