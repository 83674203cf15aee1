import json
import math
from pathlib import Path

from evaluation.result_cache import ResultCache


def test_an_infinite_figure_survives_keeping(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "kept.jsonl")

    cache.keep("key", {"psnr/mprnet": math.inf}, 0.5)

    again = ResultCache(tmp_path / "kept.jsonl")
    assert again.values("key") == {"psnr/mprnet": math.inf}
    assert again.seconds("key") == 0.5
    assert json.loads((tmp_path / "kept.jsonl").read_text(encoding="utf-8"))


def test_lists_survive_keeping_beside_figures(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "kept.jsonl")

    cache.keep("key", {}, 0.5, {"boxes": (1.5, 2.0), "classes": ()})

    again = ResultCache(tmp_path / "kept.jsonl")
    assert again.lists("key") == {"boxes": [1.5, 2.0], "classes": []}
    assert again.lists("other") == {}
