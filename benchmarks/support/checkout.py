"""Another state of this project, measured beside this one: a child in its checkout."""

import json
import os
import subprocess
import sys
from pathlib import Path

# What both states have: `Derainer`, its slots, and `start`.
_CHILD = """
import json, sys, time
import numpy as np
from model import Derainer

runner = Derainer(sys.argv[1], device="cpu", precision=sys.argv[2])
for line in sys.stdin:
    width, height = json.loads(line)
    rng = np.random.default_rng(0)
    shape = (height, width, 3)
    pictures = [rng.integers(0, 256, shape, np.uint8) for _ in range(runner.slots)]
    outs = [np.empty_like(picture) for picture in pictures]
    on_wall, on_processor = time.perf_counter(), time.process_time()
    for pending in [runner.start(*p) for p in zip(pictures, outs)]:
        pending.wait()
    spent = (time.perf_counter() - on_wall, time.process_time() - on_processor)
    print(json.dumps([1e3 * part / len(pictures) for part in spent]), flush=True)
"""


class Checkout:
    """A network of a checkout, in a process of its own; closed at the end of `with`."""

    def __init__(self, folder: Path, model: str, precision: str) -> None:
        self._folder = folder
        path = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._child = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-c", _CHILD, model, precision],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        )

    def turn(self, size: tuple[int, int]) -> tuple[float, float]:
        """Returns the milliseconds of a picture, on the wall and on the processor.

        Raises:
            RuntimeError: The child has ended.
        """
        if self._child.stdin is None or self._child.stdout is None:
            raise RuntimeError("A child is started with pipes.")
        self._child.stdin.write(json.dumps(size) + "\n")
        self._child.stdin.flush()
        told = self._child.stdout.readline()
        if not told:
            raise RuntimeError(f"The network in {self._folder} ended; see above.")
        on_wall, on_processor = json.loads(told)
        return on_wall, on_processor

    def __enter__(self) -> "Checkout":
        return self

    def __exit__(self, *_error: object) -> None:
        self._child.communicate()
