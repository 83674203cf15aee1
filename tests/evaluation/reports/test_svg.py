from evaluation.reports.svg import distribution


def test_a_distribution_of_equal_values_can_be_drawn() -> None:
    assert "<rect" in distribution({"a": [3.0, 3.0]}, "PSNR")
    assert distribution({"a": []}, "PSNR") == ""


def test_of_a_long_name_the_end_is_drawn() -> None:
    drawn = distribution({"/home/a/runs/third/mspfn-lite.safetensors": [3.0]}, "PSNR")

    assert ">…spfn-lite.safetensors<" in drawn
