from dataclasses import replace

from streamer.library.options import LibraryOptions
from streamer.library.work import REACH
from tests.support.runs.pieces import a_work


def test_what_decides_the_result_is_in_the_recipe_and_how_it_is_shared_out_is_not() -> (
    None
):
    recipe = a_work().recipe()

    assert recipe == a_work(options=LibraryOptions(piece=1, jobs=4)).recipe()
    assert recipe == replace(a_work(), overwrite=True).recipe()
    for options in (
        LibraryOptions(piece=2),
        LibraryOptions(piece=1, start="1"),
        LibraryOptions(piece=1, duration="1"),
        LibraryOptions(piece=1, preview=True),
    ):
        assert a_work(options=options).recipe() != recipe
    assert replace(a_work(), compare=True).recipe() != recipe


def test_the_weights_of_the_temporal_step_are_in_the_recipe_where_it_is_taken() -> None:
    network = replace(a_work().network, temporal="causal")

    recipe = replace(a_work(), network=network).recipe()

    assert len(recipe["fusion"]) == 64
    assert recipe["fusion"] != recipe["weights"]
    assert "fusion" not in a_work().recipe()


def test_a_preview_compares() -> None:
    work = a_work(options=LibraryOptions(preview=True))

    assert work.recipe()["compare"]


def test_a_centred_step_sees_two_frames_on_each_side() -> None:
    assert REACH == {"off": (0, 0), "causal": (2, 0), "centred": (2, 2)}
