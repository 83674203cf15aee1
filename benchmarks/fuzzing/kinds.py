"""The kinds of input that are damaged, and what the program is to do with each."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random

from benchmarks.fuzzing import whole_inputs
from benchmarks.fuzzing.lying_camera import LIES, lying_camera, rtp_packets
from benchmarks.fuzzing.mutations import BYTES
from benchmarks.fuzzing.packets import damage_packets
from benchmarks.fuzzing.texts import TEXTS
from benchmarks.fuzzing.trial import OLDER, Trial
from benchmarks.fuzzing.warm import Warm
from model import shipped_weights

_SINKS = ("out.mp4", "out.mkv", "out.mov")
_LIVE = ("--on-loss", "end", "--open-seconds", "2", "--max-frames", "8")


_Ready = AbstractContextManager[Trial]
"""A trial, and what has to be there while it runs."""


class Kinds:
    """Makes trials of every kind from whole inputs that it keeps in a folder."""

    def __init__(self, folder: Path, program: Warm, wanted: tuple[str, ...]) -> None:
        self._home = folder
        self._program = program
        self.makers: Mapping[str, Callable[[Path, Random], _Ready]] = {
            name: maker for name, maker in self._all().items() if name in wanted
        }
        if {"clip", "rtsp"} & set(wanted):
            self._clips = whole_inputs.make_clips(folder / "clips", program)
            self._rtp = rtp_packets(folder / "clips" / "h264.mp4")
        if "picture" in wanted:
            self._pictures = whole_inputs.make_pictures(folder / "pictures", program)
        if {"labels", "judge"} & set(wanted):
            self._labels = whole_inputs.make_labels(folder / "labels")

    def _all(self) -> dict[str, Callable[[Path, Random], _Ready]]:
        return {
            "clip": self._clip,
            "picture": self._picture,
            "streams": self._streams,
            "rtsp": self._rtsp,
            "training": self._training,
            "judge": self._judge,
            "labels": self._label_file,
            "weights": self._weights,
            "cache": self._cache,
        }

    def _clip(self, folder: Path, rng: Random) -> _Ready:
        whole = rng.choice(self._clips)
        mutation = rng.choice([*BYTES, "packets", "packets"])
        data = whole.read_bytes()
        if mutation == "packets":
            damaged = damage_packets(data, whole.suffix, rng)
        else:
            damaged = BYTES[mutation](data, rng)
        (folder / f"in{whole.suffix}").write_bytes(damaged)
        sink = _older(folder / rng.choice(_SINKS))
        return _of_run("clip", whole, mutation, sink)

    def _picture(self, folder: Path, rng: Random) -> _Ready:
        whole = rng.choice(self._pictures)
        mutation = rng.choice(list(BYTES))
        (folder / f"in{whole.suffix}").write_bytes(
            BYTES[mutation](whole.read_bytes(), rng)
        )
        sink = _older(folder / rng.choice(("out.png", "out.jpg", "out.tiff")))
        return _of_run("picture", whole, mutation, sink)

    def _streams(self, folder: Path, rng: Random) -> _Ready:
        mutation = self._write(
            folder / "run.toml", whole_inputs.stream_config(folder), rng
        )
        return _plain(
            Trial(
                kind="streams",
                seed="run.toml",
                mutation=mutation,
                arguments=("run", "--config", "run.toml", "-y", "--quiet"),
            )
        )

    def _rtsp(self, folder: Path, rng: Random) -> _Ready:
        lie = rng.choice(LIES)
        sink = _older(folder / "out.mkv")

        @contextmanager
        def ready() -> Iterator[Trial]:
            with lying_camera(lie, self._rtp, str(rng.random())) as url:
                yield Trial(
                    kind="rtsp",
                    seed="camera",
                    mutation=lie,
                    arguments=("run", url, sink.name, "-y", "--quiet", *_LIVE),
                    sink=sink,
                )

        return ready()

    def _training(self, folder: Path, rng: Random) -> _Ready:
        text = whole_inputs.training_config()
        mutation = self._write(folder / "train.toml", text, rng)
        return _plain(
            Trial(
                kind="training",
                seed="train_lite_cpu.toml",
                mutation=mutation,
                arguments=("train", "train.toml"),
                real=True,
            )
        )

    def _judge(self, folder: Path, rng: Random) -> _Ready:
        self._labelled(folder)
        (folder / "set" / "boxes.json").write_text(self._labels["set/boxes.json"])
        mutation = self._write(folder / "judge.toml", whole_inputs.JUDGE, rng)
        return _plain(_evaluation("judge", "judge.toml", mutation))

    def _label_file(self, folder: Path, rng: Random) -> _Ready:
        self._labelled(folder)
        name = rng.choice(list(self._labels))
        (folder / name).parent.mkdir(exist_ok=True)
        mutation = self._write(folder / name, self._labels[name], rng)
        return _plain(_evaluation("labels", name, mutation))

    def _weights(self, folder: Path, rng: Random) -> _Ready:
        whole = shipped_weights("mspfn-lite")
        mutation = rng.choice(list(BYTES))
        (folder / "net.safetensors").write_bytes(
            BYTES[mutation](whole.read_bytes() if whole else b"", rng)
        )
        return self._network_run(folder, "weights", mutation, "net.safetensors")

    def _cache(self, folder: Path, rng: Random) -> _Ready:
        kept = folder / "cache"
        shutil.copytree(self._filled_cache(), kept)
        files = sorted(path for path in kept.rglob("*") if path.is_file())
        hit = rng.choice(files)
        mutation = rng.choice([*BYTES, "empty"])
        data = hit.read_bytes()
        hit.write_bytes(b"" if mutation == "empty" else BYTES[mutation](data, rng))
        return self._network_run(folder, "cache", mutation, seed=hit.suffix)

    def _network_run(
        self, folder: Path, kind: str, mutation: str, model: str = "", seed: str = ""
    ) -> _Ready:
        shutil.copy(self._filled_cache().parent / "in.png", folder / "in.png")
        if not (folder / "cache").exists():
            shutil.copytree(self._filled_cache(), folder / "cache")
        sink = _older(folder / "out.png")
        return _plain(
            Trial(
                kind=kind,
                seed=seed or model,
                mutation=mutation,
                arguments=(
                    *("run", "in.png", sink.name, "-y", "--quiet", "--gate", "off"),
                    *(("--model", model) if model else ()),
                ),
                sink=sink,
                environment={"XDG_CACHE_HOME": str(folder / "cache")},
                real=True,
            )
        )

    def _filled_cache(self) -> Path:
        """Returns what a run on a tiny picture leaves in the cache."""
        home = self._home / "network"
        if not home.exists():
            whole_inputs.fill_cache(home, self._program)
        return home / "cache"

    def _labelled(self, folder: Path) -> None:
        shutil.copytree(self._home / "labels", folder, dirs_exist_ok=True)

    def _write(self, path: Path, text: str, rng: Random) -> str:
        """Writes a text, damaged as a text or as bytes; returns how."""
        if rng.random() < 0.75:
            name = rng.choice(list(TEXTS))
            path.write_text(TEXTS[name](text, rng), encoding="utf-8")
        else:
            name = rng.choice(list(BYTES))
            path.write_bytes(BYTES[name](text.encode(), rng))
        return name


def _of_run(kind: str, whole: Path, mutation: str, sink: Path) -> _Ready:
    return _plain(
        Trial(
            kind=kind,
            seed=whole.name,
            mutation=mutation,
            arguments=("run", f"in{whole.suffix}", sink.name, "-y", "--quiet"),
            sink=sink,
        )
    )


@contextmanager
def _plain(trial: Trial) -> Iterator[Trial]:
    yield trial


def _older(sink: Path) -> Path:
    sink.write_bytes(OLDER)
    return sink


def _evaluation(kind: str, seed: str, mutation: str) -> Trial:
    return Trial(
        kind=kind,
        seed=seed,
        mutation=mutation,
        arguments=(
            *("evaluate", "detection", "set", "--judge", "judge.toml"),
            *("--model", "input"),
        ),
        real=True,
    )
