"""The whole inputs that are damaged: of each form that the project makes or reads."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.fuzzing.warm import Order, Warm
from benchmarks.support.measure import PROJECT, child_environment
from tests.conftest import Clip, write_clip
from tests.support.media.awkward import with_cues
from tests.support.networks.tiny_judges import constant_judge
from tests.support.sets.labelled_folders import SIZE, SQUARE, labelled_folder

_MADE = {
    ".mp4": ("h264", "hevc", "av1", "vp9"),
    ".mov": ("h264", "hevc"),
    ".m4v": ("h264",),
    ".mkv": ("h264", "hevc", "av1", "vp9"),
    ".webm": ("av1", "vp9"),
}
"""Containers and codecs that the project writes."""
_READ = {
    "mpeg4.avi": "mpeg4",
    "h264.ts": "libx264",
    "h264.flv": "libx264",
    "raw.h264": "libx264",
    "mjpeg.mov": "mjpeg",
    "ffv1.mkv": "ffv1",
}
"""Others that are common, by the encoder that makes them."""
PICTURES = (".png", ".jpg", ".bmp", ".tiff", ".webp")
_STREAM = """\
model = "mspfn-lite"
codec = "h264"
quality = 20
preset = "ultrafast"
gate = "off"
temporal = "off"
max_frames = 3
max_latency = 300
compare = false

[[stream]]
name = "yard"
source = "clip.mkv"
sink = "out.mp4"
"""
JUDGE = f"""\
kind = "yolo"
file = "judge.onnx"
classes = ["box"]
size = [{SIZE[0]}, {SIZE[1]}]
fit = "letterbox"
channels = "bgr"
mean = [0, 0, 0]
std = [1, 1, 1]
nms = 0.45
floor = 5.0

[class_map]
box = "square"
"""
_VOC = f"""\
<annotation><filename>p0.png</filename>
<size><width>{SIZE[0]}</width><height>{SIZE[1]}</height><depth>3</depth></size>
<object><name>square</name><difficult>0</difficult>
<bndbox><xmin>{SQUARE[0]}</xmin><ymin>{SQUARE[1]}</ymin>
<xmax>{SQUARE[2]}</xmax><ymax>{SQUARE[3]}</ymax></bndbox></object>
</annotation>
"""
_LIMIT_SECONDS = 120.0


def make_clips(folder: Path, program: Warm) -> list[Path]:
    """Makes a clip of each container and codec, by the program itself.

    Raises:
        RuntimeError: The program does not make one of them.
    """
    folder.mkdir(parents=True)
    plain = write_clip(
        folder / "plain.mkv",
        Clip(
            frames=16,
            audio=True,
            chapters=True,
            title="film",
            options={"bf": "0"},
        ),
    )
    base = with_cues(plain, folder / "cues.mkv", [(0, 200, "a"), (300, 400, "b")])
    clips = [
        _derained(source, folder / f"{codec}{suffix}", program, "--codec", codec)
        for suffix, codecs in _MADE.items()
        for codec in codecs
        for source in [base if codec == "vp9" else plain]
    ]
    clips += [
        write_clip(
            folder / name, Clip(frames=12, codec=codec, pixel_format=_form(codec))
        )
        for name, codec in _READ.items()
    ]
    deep = Clip(frames=8, pixel_format="yuv420p10le", codec="libx265")
    return [*clips, write_clip(folder / "deep.mp4", deep)]


def _form(codec: str) -> str:
    return "yuvj420p" if codec == "mjpeg" else "yuv420p"


def _derained(source: Path, sink: Path, program: Warm, *options: str) -> Path:
    order = Order(
        arguments=("run", str(source), str(sink), "--quiet", *options),
        folder=str(sink.parent),
        environment={},
        limit_seconds=_LIMIT_SECONDS,
    )
    ending = program.run(order)
    if ending.status:
        said = (sink.parent / "err").read_text()
        raise RuntimeError(f"{sink.name} was not made ({ending}): {said}")
    return sink


def make_pictures(folder: Path, program: Warm) -> list[Path]:
    """Makes a picture of each form, by the program itself."""
    folder.mkdir(parents=True)
    clip = write_clip(folder / "one.mkv", Clip(frames=1))
    return [
        _derained(clip, folder / f"picture{suffix}", program) for suffix in PICTURES
    ]


def stream_config(folder: Path) -> str:
    """Puts a clip into a folder, and returns a configuration that derains it."""
    write_clip(folder / "clip.mkv", Clip(frames=6))
    return _STREAM


def training_config() -> str:
    """Returns a configuration that ships; its data are nowhere."""
    return (PROJECT / "configs" / "train_lite_cpu.toml").read_text(encoding="utf-8")


def make_labels(folder: Path) -> Mapping[str, str]:
    """Makes pictures and a detector, and returns the labels in each form, by file."""
    root = labelled_folder(folder / "set", pictures=2)
    coco = (root / "boxes.json").read_text()
    for name in ("boxes.json", "classes.toml"):
        (root / name).unlink()
    shutil.rmtree(root / "masks")
    left, top, right, bottom = SQUARE
    row = np.array([[left, top, right, bottom]], np.float32)
    middle, size = (row[:, :2] + row[:, 2:]) / 2, row[:, 2:] - row[:, :2]
    scores = np.array([[1, 0.9]], np.float32)
    found = np.concatenate([middle, size, scores], axis=1)[None]
    constant_judge(folder / "judge.onnx", {"out": found}, SIZE)
    (folder / "judge.toml").write_text(JUDGE)
    return {
        "set/boxes.json": coco,
        "set/bdd.json": json.dumps([_bdd(f"p{number}.png") for number in range(2)]),
        "set/p0.xml": _VOC,
        "set/labels/p0.txt": _yolo(),
    }


def _bdd(name: str) -> dict[str, object]:
    box = dict(zip(("x1", "y1", "x2", "y2"), SQUARE, strict=True))
    labels = [{"id": 1, "category": "square", "box2d": box, "attributes": {}}]
    return {"name": name, "labels": labels, "attributes": {"weather": "rainy"}}


def _yolo() -> str:
    left, top, right, bottom = SQUARE
    width, height = SIZE
    across, down = (left + right) / 2 / width, (top + bottom) / 2 / height
    return f"0 {across} {down} {(right - left) / width} {(bottom - top) / height}\n"


def fill_cache(folder: Path, program: Warm) -> None:
    """Runs the real network once on a tiny picture, with a cache of its own."""
    folder.mkdir(parents=True)
    clip = write_clip(folder / "one.mkv", Clip(frames=1))
    _derained(clip, folder / "in.png", program)
    done = subprocess.run(
        [sys.executable, "-m", "derain", "run", "in.png", "out.png", "--gate", "off"],
        cwd=folder,
        env={**child_environment(), "XDG_CACHE_HOME": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The cache was not filled: {done.stderr}")
