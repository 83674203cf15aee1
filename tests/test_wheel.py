"""The wheel in an environment of its own, used by somebody with modules of his own."""

import os
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from bin.wheel_tree import build_wheel, make_environment

pytestmark = [pytest.mark.slow, pytest.mark.checkout]

THEIRS = ("model", "streamer", "sinks", "sources", "training", "evaluation")
DERAIN = (
    "from derain import Derainer, derain_video\n"
    "report = derain_video('test:rain?size=96x64&frames=3', 'out.mp4')\n"
    "assert report.frames_out == 3, report\n"
)
CHECK = "assert all(m.mine for m in (model, streamer, sinks, sources))\n"
IMPORT_THEIRS = "import model, streamer, sinks, sources\n"


@dataclass(frozen=True)
class Installed:
    wheel: Path
    python: Path

    def run(self, *arguments: str, folder: Path) -> str:
        """Runs the environment's Python in a folder, without any PYTHONPATH."""
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        done = subprocess.run(
            [str(self.python), *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("wheel")
    wheel = build_wheel(folder)
    return Installed(wheel, make_environment(folder / "environment", wheel))


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of a user who has modules of our packages' names."""
    for name in THEIRS:
        (tmp_path / f"{name}.py").write_text("mine = True\n", encoding="utf-8")
    return tmp_path


def frames_in(path: Path) -> int:
    with av.open(path) as clip:
        return sum(1 for _ in clip.decode(video=0))


def test_the_wheel_claims_one_name(installed: Installed) -> None:
    names = zipfile.ZipFile(installed.wheel).namelist()

    tops = {name.partition("/")[0] for name in names}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"derain"}
    assert {
        "derain/model/shipped/mspfn-lite.safetensors",
        "derain/model/shipped/mspfn-lite.md",
        "derain/model/shipped/mspfn-tiny.safetensors",
        "derain/model/shipped/mspfn-tiny.int8.json",
        "derain/model/shipped/temporal-fusion.safetensors",
        "derain/model/backends/cuda/kernels.cu",
        "derain/evaluation/reports/page.css",
        "derain/configs/train_lite_cpu.toml",
        "derain/sinks/live/worker/rtsp_server/program.py",
        "derain/sources/live/gstreamer/worker.py",
        "derain/py.typed",
    } <= set(names)
    assert "derain/checkout.py" not in names


@pytest.mark.parametrize(
    "code",
    [IMPORT_THEIRS + DERAIN + CHECK, DERAIN + IMPORT_THEIRS + CHECK],
    ids=["theirs first", "ours first"],
)
def test_a_clip_is_derained_beside_modules_of_the_same_names(
    installed: Installed, elsewhere: Path, code: str
) -> None:
    (elsewhere / "script.py").write_text(code, encoding="utf-8")

    installed.run("script.py", folder=elsewhere)

    assert frames_in(elsewhere / "out.mp4") == 3


def test_the_command_line_starts_in_a_folder_of_such_modules(
    installed: Installed, elsewhere: Path
) -> None:
    installed.run(
        *("-m", "derain", "run", "test:rain?size=96x64&frames=3", "out.mp4"),
        folder=elsewhere,
    )

    assert frames_in(elsewhere / "out.mp4") == 3


def test_every_command_that_the_checkout_has_is_there(
    installed: Installed, elsewhere: Path
) -> None:
    code = (
        "from derain.streamer.cli.lazy import COMMANDS\n"
        "from importlib import import_module\n"
        "for e in COMMANDS.values(): getattr(import_module(e.module), e.function)\n"
        "print(*COMMANDS)"
    )

    said = installed.run("-c", code, folder=elsewhere)

    assert {"run", "models", "evaluate", "train", "doctor"} <= set(said.split())


def test_every_module_of_the_wheel_is_below_the_one_name(
    installed: Installed, elsewhere: Path
) -> None:
    code = (
        "import sys, derain.streamer.api, derain.sinks, derain.evaluation.evaluate\n"
        f"print(*{{m.partition('.')[0] for m in sys.modules}} & {set(THEIRS)!r})"
    )

    said = installed.run("-c", code, folder=elsewhere)

    assert said.split() == []


def test_the_hash_of_the_program_is_made_of_its_files(
    installed: Installed, elsewhere: Path
) -> None:
    code = (
        "from derain.evaluation.provenance import code_hash\n"
        "print(code_hash('model'), code_hash('evaluation'), code_hash())"
    )

    said = installed.run("-c", code, folder=elsewhere)

    assert len(set(said.split())) == 3


def test_a_push_worker_starts_from_the_wheel(
    installed: Installed, elsewhere: Path
) -> None:
    """With nothing to read it ends at once, in order."""
    worker = "derain.sinks.live.worker.push"
    code = (
        "import json, os, subprocess, sys\n"
        "from derain.sinks.live.opener import open_live_sink\n"
        "sink = open_live_sink('rtsp://127.0.0.1:9/x')\n"
        f"command = [sys.executable, '-P', '-m', {worker!r}, str(os.getpid())]\n"
        "done = subprocess.run(command, input=json.dumps({}).encode() + b'\\n')\n"
        "sys.exit(done.returncode)"
    )

    installed.run("-c", code, folder=elsewhere)
