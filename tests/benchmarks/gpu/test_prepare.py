from pathlib import Path

import pytest

from benchmarks.gpu import package, prepare


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


def test_the_calls_are_short_enough_and_name_their_limits() -> None:
    told = prepare.calls(590)

    assert max(map(len, told.splitlines())) < 2000
    assert "check --seconds 150" in told
    assert "speed --seconds 140" in told
    assert "train --seconds 590" in told
