from random import Random

import pytest

from benchmarks.fuzzing.texts import TEXTS, change_numbers, move_lines, nest, rename

TEXT = 'model = "mspfn"\nframes = 20\nshare = 0.5\n[[stream]]\nname = "yard"\n'


def rng(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - to be had again


@pytest.mark.parametrize("name", TEXTS)
def test_a_seed_changes_a_text_the_same_way_again(name: str) -> None:
    change = TEXTS[name]

    texts = {change(TEXT, rng(seed)) for seed in range(20)}

    assert change(TEXT, rng(3)) == change(TEXT, rng(3))
    assert len(texts) > 5
    assert texts != {TEXT}


@pytest.mark.parametrize("name", TEXTS)
def test_an_empty_text_can_be_changed_too(name: str) -> None:
    assert isinstance(TEXTS[name]("", rng(1)), str)


def test_numbers_change_and_words_stay() -> None:
    changed = change_numbers(TEXT, rng(2))

    assert changed != TEXT
    assert changed.split("=")[0] == "model "
    assert '"mspfn"' in changed
    assert '"yard"' in changed


def test_lines_stay_whole_and_words_are_of_the_text() -> None:
    lines = set(TEXT.splitlines())

    assert set(move_lines(TEXT, rng(4)).splitlines()) <= lines
    assert set(rename(TEXT, rng(4)).split()) <= set(TEXT.split()) | {
        word.replace("mspfn", other)
        for word in TEXT.split()
        for other in ("model", "frames", "share", "stream", "name", "yard", "mspfn")
    } | {"name", "model", "mspfn", "frames", "share", "stream", "yard"}


def test_brackets_are_put_in_without_a_loss() -> None:
    nested = nest(TEXT, rng(5))

    assert len(nested) > len(TEXT)
    start = next(
        i for i, (a, b) in enumerate(zip(TEXT, nested, strict=False)) if a != b
    )
    assert nested.endswith(TEXT[start:])
