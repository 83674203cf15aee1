from evaluation.provenance import (
    NOT_INSTALLED,
    code_hash,
    machine,
    package_versions,
    versions,
)


def test_each_package_of_ours_has_a_hash_of_its_own() -> None:
    assert code_hash("model") == code_hash("model")
    assert code_hash("model") != code_hash("evaluation")


def test_a_package_that_is_not_installed_is_told_or_left_out() -> None:
    found = package_versions("numpy", "no-such-package-anywhere")

    assert found["no-such-package-anywhere"] == NOT_INSTALLED
    assert versions()["numpy"] == found["numpy"]
    assert NOT_INSTALLED not in versions().values()


def test_a_machine_is_told_by_what_speed_depends_on() -> None:
    here = machine()

    assert here["processor"]
    assert here["cores"] >= 1
    assert here["memory_gib"] > 0
