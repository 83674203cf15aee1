from evaluation.tasks.rain import seed_of


def test_the_seed_of_a_picture_is_of_its_name_and_the_sets_seed() -> None:
    assert seed_of(0, "val/a") == seed_of(0, "val/a") == 1_603_867_425
    assert len({seed_of(0, "a"), seed_of(1, "a"), seed_of(0, "b")}) == 3
