import tomllib

from evaluation.paper import paper_rows
from tests.conftest import PROJECT


def test_the_papers_figures_are_those_of_its_tables() -> None:
    assert paper_rows("Test1200")[-1].values == {
        "psnr": 32.39,
        "ssim": 0.916,
        "fsim": 0.960,
    }
    assert paper_rows("RIS")[1].printed == {"niqe": "5.615", "sseq": "43.45"}
    assert paper_rows("pairs") == ()


def test_a_networks_own_rows_of_tables_2_and_3_stand_beside_test100() -> None:
    variants = ("mspfn-model3", "mspfn", "mspfn-lite", "mspfn-lite")

    rows = paper_rows("Test100", variants)[len(paper_rows("Test100")) :]

    assert [(row.method, row.table) for row in rows] == [
        ("Model3", "Table 2"),
        ("M5N1", "Table 3"),
    ]
    assert rows[1].printed == {"psnr": "24.99", "ssim": "0.850", "fsim": "0.916"}
    assert paper_rows("Rain100H", variants) == paper_rows("Rain100H")


def test_every_network_of_the_studies_is_in_the_papers_tables() -> None:
    configs = (f"configs/paper_table{number}.toml" for number in (2, 3))
    read = (tomllib.loads((PROJECT / c).read_text(encoding="utf-8")) for c in configs)
    models = [name for config in read for name in config["models"] if name != "mspfn"]

    rows = paper_rows("Test100", models)[len(paper_rows("Test100")) :]

    assert len(rows) == len(set(models))


def test_table_6_stands_beside_the_sets_of_its_detectors() -> None:
    rows = paper_rows("COCO350")

    assert [row.table for row in rows] == ["Table 6"] * 5
    assert rows[-1].values == {"psnr": 18.23, "ssim": 0.782}
    assert paper_rows("BDD150")[0].printed == {"psnr": "18.00", "ssim": "0.722"}
