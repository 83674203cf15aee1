import json
import subprocess
import sys
import tomllib
from pathlib import Path

import cv2
import pytest

from model import read_header

ROOT = Path(__file__).parents[2]


def pairs_from(clean: Path, root: Path) -> Path:
    """The drawn pictures, and the same with a bright bar."""
    for folder in ("input", "target"):
        (root / folder).mkdir(parents=True)
    for path in sorted(clean.iterdir()):
        picture = cv2.imread(str(path))
        assert picture is not None
        cv2.imwrite(str(root / "target" / path.name), picture)
        picture[10:40, 20:23] = 240
        cv2.imwrite(str(root / "input" / path.name), picture)
    return root


def tiny_form(pairs: Path, folder: Path) -> Path:
    """Tables 2 and 3 with the smallest model of each, two steps, and made pairs."""
    tables = [
        tomllib.loads((ROOT / f"configs/paper_table{n}.toml").read_text("utf-8"))
        for n in (2, 3)
    ]
    models = [tables[0]["models"][2], tables[1]["models"][-1]]
    lines = [
        f"models = {json.dumps(models)}",
        f'pairs = ["pairs:{pairs}"]',
        f'score = ["pairs:{pairs}"]',
        f'output = "{folder}"',
        "steps = 2",
        "phases = [{start = 0.0, size = 32, batch = 1}]",
    ]
    path = folder.with_suffix(".toml")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def derain_train(config: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "derain", "train", str(config)]
    return subprocess.run(
        [*command, "--device", "cpu", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


@pytest.mark.slow
def test_a_study_trains_scores_and_goes_on_where_it_stopped(
    clean_folder: Path, tmp_path: Path
) -> None:
    pairs = pairs_from(clean_folder, tmp_path / "pairs")
    config = tiny_form(pairs, tmp_path / "study")

    first = derain_train(config)
    again = derain_train(config, "--resume")

    assert first.returncode == 0, first.stderr
    scores = json.loads((tmp_path / "study/pairs.json").read_text(encoding="utf-8"))
    assert "mspfn-lite" in json.dumps(scores)
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("done before") == 2


def tiny_table_4(pairs: Path, folder: Path) -> Path:
    """Table 4's own file, with the smallest model, made pairs and small crops."""
    table = tomllib.loads((ROOT / "configs/paper_table4.toml").read_text("utf-8"))
    table |= {"model": "mspfn-model3", "pairs": [f"pairs:{pairs}"], "epochs": 1}
    table |= {"score": [f"pairs:{pairs}"], "output": str(folder)}
    runs = table.pop("runs")
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    lines.append("phases = [{start = 0.0, size = 32, batch = 8}]")
    for name, changes in runs.items():
        lines.append(f"[runs.{name}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in changes.items()]
    path = folder.with_suffix(".toml")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.slow
def test_table_4_compares_with_and_without_the_edge_loss(
    clean_folder: Path, tmp_path: Path
) -> None:
    pairs = pairs_from(clean_folder, tmp_path / "pairs")

    done = derain_train(tiny_table_4(pairs, tmp_path / "table4"))

    assert done.returncode == 0, done.stderr
    scores = json.loads((tmp_path / "table4/pairs.json").read_text(encoding="utf-8"))
    names = [Path(result["name"]).stem for result in scores["results"]]
    assert names == ["input", "MSPFN-without-edge-loss", "MSPFN"]
    headers = [
        json.loads(read_header(tmp_path / f"table4/{n}/{n}.safetensors")["settings"])
        for n in names[1:]
    ]
    assert [header["edge_weight"] for header in headers] == [0, 0.05]
    assert [header["steps"] for header in headers] == [3, 3]
