from evaluation.tasks.labels.values import Instance, Objects, inside, reaches_out


def test_a_box_that_reaches_out_is_cut_and_one_that_is_outside_is_none() -> None:
    partly = Instance(label="car", box=(-20, 10, 30, 60))
    outside = Instance(label="car", box=(200, 10, 230, 60))

    assert reaches_out(partly, 100, 50)
    cut = inside(partly, 100, 50)
    assert cut is not None
    assert cut.box == (0, 10, 30, 50)
    assert inside(outside, 100, 50) is None
    assert not reaches_out(Instance(label="car", box=(1, 1, 100.9, 50)), 100, 50)


def test_boxes_without_a_size_are_the_pictures_own_pixels() -> None:
    own = Objects(instances=(Instance(label="car", box=(1, 2, 3, 4)),))

    assert own.scaled(640, 480).instances == own.instances


def test_an_outline_is_scaled_with_its_box() -> None:
    runs = {"counts": [0, 5], "size": [48, 64]}
    polygon = Instance(label="car", box=(1, 2, 3, 4), outline=[[1, 2, 3, 2, 3, 4]])
    crowd = Instance(label="car", box=(1, 2, 3, 4), outline=runs)

    scaled = Objects(instances=(polygon, crowd), size=(10, 10)).scaled(20, 30)

    assert scaled.instances[0].outline == [[2, 6, 6, 6, 6, 12]]
    assert scaled.instances[1].outline == runs
