import json
from pathlib import Path

from streamer.cli.rain.manifest import Asked, Made, write_manifest

ASKED = Asked(source="set", seed=3, kinds=("heavy",), veil=False, night=True)
MADE = Made(
    file="input/a.png",
    source="a.png",
    target="target/a.png",
    kind="heavy",
    seed=99,
    source_sha256="ab",
    sha256="cd",
)


def test_the_same_work_gives_the_same_bytes(tmp_path: Path) -> None:
    first = write_manifest(tmp_path, ASKED, [MADE], []).read_bytes()

    path = write_manifest(tmp_path, ASKED, [MADE], [])

    assert path == tmp_path / "manifest.json"
    assert path.read_bytes() == first
    told = json.loads(first)
    assert told["made_by"].startswith("derain ")
    assert (told["seed"], told["kinds"], told["night"]) == (3, ["heavy"], True)
    assert told["files"][0]["target"] == "target/a.png"
    assert (told["complete"], told["problems"]) == (True, [])


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    path = write_manifest(tmp_path, ASKED, [], ["a.png cannot be read"])

    told = json.loads(path.read_text())
    assert (told["complete"], told["problems"]) == (False, ["a.png cannot be read"])
