from evaluation.provenance import code_hash


def test_each_package_of_ours_has_a_hash_of_its_own() -> None:
    assert code_hash("model") == code_hash("model")
    assert code_hash("model") != code_hash("evaluation")
