"""A process that has loaded the program already and forks for each input.

A start of Python with FFmpeg's libraries takes a second, a fork some milliseconds. The
child runs the program's own `main`, supervisor included, with a network that copies.

`python -m benchmarks.fuzzing.warm pass-through|real` reads one JSON object a line from
stdin, `Order`'s fields, and answers each with one, `Ending`'s fields.
"""

import atexit
import faulthandler
import gc
import json
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import redirect_stdout, suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import IO, NoReturn

from benchmarks.support.measure import child_environment
from streamer.cli import start
from streamer.cli.main import app
from streamer.cli.supervisor import RunRecord
from streamer.live import reader
from tests.support.fakes import PassThrough
from tests.support.networks.pass_through import let_pictures_pass

_LOADED = (
    *("streamer.cli.main", "streamer.cli.run.command", "streamer.cli.run.live.command"),
    *("streamer.cli.library.run", "streamer.pipeline.file", "sources.files.video"),
    *("sources.files.images", "sources.live.opener", "sinks.files.video"),
    *("sinks.files.images", "sinks.files.comparison", "av", "numpy"),
)
_LOADED_WITH_NETWORK = (
    *("model", "torch", "openvino", "model.backends.torch_backend", "training"),
    *("streamer.cli.evaluate.tasks", "streamer.cli.train", "cv2"),
)
_MEMORY_BYTES = 16 * 2**30
_GRACE_SECONDS = 0.3
_PATIENCE_SECONDS = 3.0
"""Instead of half a minute, for a live source that never answers."""


_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""A fork loses threads; so none are begun before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One run of the program."""

    arguments: tuple[str, ...]
    folder: str
    """Where it runs; `out` and `err` of it take what it prints."""
    environment: Mapping[str, str]
    limit_seconds: float
    """Of processor time, of the run and all it started; a busy machine only waits."""
    longest_seconds: float = 300.0
    """Of the clock: for a run that waits for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How it ended."""

    status: int
    """Of the process; below zero the signal that killed it."""
    seconds: float
    hung: bool
    """A time limit came first."""


def main() -> None:
    """Answers orders until stdin ends."""
    _prepare(sys.argv[1])
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = os.fork()
        if not child:
            _become(order)
            _run()
        sys.stdout.write(json.dumps(asdict(watch(child, order))) + "\n")
        sys.stdout.flush()


def _prepare(kind: str) -> None:
    for name in (*_LOADED, *(_LOADED_WITH_NETWORK if kind == "real" else ())):
        import_module(name)
    if kind == "pass-through":
        let_pictures_pass(_copying)
        vars(reader)["_FIRST_SECONDS"] = _PATIENCE_SECONDS
    with suppress(SystemExit), redirect_stdout(StringIO()):  # loads what parsing takes
        app(["run", "--help"])
    gc.freeze()  # what is there already is not walked, so its pages stay shared


def _run() -> NoReturn:
    """Runs the program, and ends as Python does, but without taking itself apart."""
    status: object = 0
    try:
        start.main()
    except SystemExit as end:
        status = end.code
    except BaseException:  # noqa: BLE001 - what Python itself would print
        traceback.print_exc()
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - waits for threads
    atexit._run_exitfuncs()  # noqa: SLF001
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 1)


def _copying(*_options: object, **_more: object) -> PassThrough:
    return PassThrough()


def _become(order: Order) -> None:
    """Makes this process the program with its own group, streams and arguments."""
    os.setsid()
    os.chdir(order.folder)
    os.environ.update(order.environment)
    for number, name in ((1, "out"), (2, "err")):
        opened = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - for its life
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.register(signal.SIGUSR1, sys.stderr, all_threads=True)
    record = RunRecord()  # shared memory of its own
    for module in ("streamer.cli.supervisor", "streamer.cli.run.command"):
        vars(sys.modules[module])["RECORD"] = record
    sys.argv = ["derain", *order.arguments]


def watch(child: int, order: Order) -> Ending:
    """Waits for the child; kills its group when the limit comes."""
    begun = time.monotonic()
    ended = _ends_in_time(child, order, begun + order.longest_seconds)
    if not ended:
        _signal(child, signal.SIGUSR1)  # says where it hangs
        time.sleep(_GRACE_SECONDS)
    _signal(child, signal.SIGKILL)  # and whom it left behind
    _, status = os.waitpid(child, 0)
    return Ending(
        status=os.waitstatus_to_exitcode(status),
        seconds=round(time.monotonic() - begun, 3),
        hung=not ended,
    )


def _ends_in_time(child: int, order: Order, last: float) -> bool:
    """Waits until the child ends, or has used up its time of the processor or clock."""
    ready = os.pidfd_open(child)
    try:
        while time.monotonic() < last:
            if select.select([ready], [], [], 1.0)[0]:
                return True
            if _processor_seconds(child) > order.limit_seconds:
                return False
    finally:
        os.close(ready)
    return False


def _processor_seconds(group: int) -> float:
    """Returns what a group has used, with those of its children that ended."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text(encoding="utf-8").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
        if int(fields[2]) == group:
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


class Warm:
    """The other side: starts the process, and gives it orders one by one."""

    def __init__(self, kind: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "benchmarks.fuzzing.warm", kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**child_environment(), **_ONE_THREAD},
        )

    def run(self, order: Order) -> Ending:
        """Runs the program once.

        Raises:
            RuntimeError: The process is gone.
        """
        orders, answers = self._pipes()
        orders.write(json.dumps(asdict(order)) + "\n")
        orders.flush()
        answer = answers.readline()
        if not answer:
            raise RuntimeError("The warm process ended.")
        return Ending(**json.loads(answer))

    def close(self) -> None:
        """Ends the process."""
        orders, answers = self._pipes()
        orders.close()
        self._process.wait()
        answers.close()

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        orders, answers = self._process.stdin, self._process.stdout
        if orders is None or answers is None:
            raise RuntimeError("The warm process has no pipes.")
        return orders, answers


if __name__ == "__main__":
    main()
