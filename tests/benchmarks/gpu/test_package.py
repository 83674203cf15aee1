import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from benchmarks.gpu import package, prepare
from benchmarks.gpu.training import budget_of
from tests.conftest import PROJECT


def folder_of_pictures(folder: Path, kinds: dict[str, int]) -> dict[str, list[Path]]:
    folder.mkdir(parents=True)
    found: dict[str, list[Path]] = {}
    for kind, count in kinds.items():
        for number in range(count):
            path = folder / f"{kind}_{number}.jpg"
            path.write_bytes(bytes(1000))
            found.setdefault(kind, []).append(path)
    return found


def test_half_of_the_room_goes_to_one_kind_and_the_same_pictures_each_time(
    tmp_path: Path,
) -> None:
    kinds = folder_of_pictures(tmp_path / "a", {"bsds": 20, "rainy": 20, "dry": 20})

    drawn = prepare.drawn_by_kind(kinds, 20_000)

    assert drawn == prepare.drawn_by_kind(kinds, 20_000)
    by_kind = [sum(path.name.startswith(kind) for path in drawn) for kind in kinds]
    assert by_kind == [10, 5, 5]


@pytest.mark.checkout
def test_a_package_holds_clips_pictures_and_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, made = tmp_path / "data", tmp_path / "package"
    folder_of_pictures(data / "train" / "clean", {"bsds": 3, "rainy": 2})
    folder_of_pictures(data / "val", {"v": 2})
    made.mkdir()
    (made / package.ARCHIVE).write_bytes(b"packed before")
    monkeypatch.setattr(prepare, "write_clip", lambda path, *_, **__: path.touch())

    told = prepare.prepare(data, made)

    assert len(list((made / "train" / "clean").iterdir())) == 5
    assert len(list((made / "train" / "val").iterdir())) == 2
    assert len(list((made / "clips").iterdir())) == 2
    assert package.packed_commit(made) != "unknown"
    assert "5 of 5 pictures" in told
    assert "left out, for it is not in" in told
    assert (made / package.ARCHIVE).read_bytes() == b"packed before"


@pytest.mark.checkout
def test_a_package_that_is_too_large_to_travel_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    folder_of_pictures(data / "train" / "clean", {"bsds": 1})
    folder_of_pictures(data / "val", {"v": 2})
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / package.ARCHIVE).touch()
    monkeypatch.setattr(prepare, "write_clip", lambda path, *_, **__: path.touch())
    monkeypatch.setattr(prepare, "LIMIT_BYTES", 1000)

    with pytest.raises(ValueError, match="of 1000"):
        prepare.prepare(data, tmp_path / "package")


def test_pyav_is_unpacked_where_it_is_missing_and_only_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "av"
    inside.mkdir()
    (inside / "__init__.py").touch()
    with tarfile.open(tmp_path / package.ARCHIVE, "w:xz") as packed:
        packed.add(inside, arcname="av")
    assert package.unpacked(tmp_path) is None
    monkeypatch.setattr(package, "find_spec", lambda _name: None)

    folder = package.unpacked(tmp_path, tmp_path / "target")

    assert folder is not None
    assert (folder / "av" / "__init__.py").is_file()


def test_the_calls_are_short_enough_and_name_their_limits() -> None:
    told = prepare.calls(590)

    assert max(map(len, told.splitlines())) < 2000
    assert "check --seconds 150" in told
    assert "speed --seconds 140" in told
    assert "train --seconds 590" in told


def test_training_leaves_time_to_start_and_to_save() -> None:
    assert budget_of(590) == 525
    with pytest.raises(ValueError, match="at least 66 s"):
        budget_of(60)


@pytest.mark.slow
def test_the_command_starts_without_pyav() -> None:
    code = (
        "import sys; sys.modules['av'] = None; sys.modules['openvino'] = None\n"
        "import benchmarks.gpu.__main__, benchmarks.gpu.training\n"
        "assert 'torch' not in sys.modules\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
    )

    assert done.returncode == 0, done.stderr
