import json
from pathlib import Path

import pytest

from streamer.cli.library.status import status


def test_films_are_listed_with_what_is_done_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".derain").mkdir()
    failures = [
        {"source": "a", "output": f"{tmp_path}/b.mp4", "cause": "no video"},
        {"source": "c", "output": f"{tmp_path}/d\x1b[31m.mp4", "cause": "it broke"},
    ]
    lines = "".join(json.dumps(failure) + "\n" for failure in failures)
    (tmp_path / "failed.jsonl").write_text(lines)

    assert status(tmp_path) == 0

    head, first, second, last = capsys.readouterr().out.splitlines()
    assert head.split() == ["frames", "fps", "film"]
    assert first.endswith("  b.mp4: failed: no video")
    assert second.endswith(r"  d\x1b[31m.mp4: failed: it broke")
    assert last == "0 of 2 films are complete"
