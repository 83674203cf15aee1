from benchmarks.support.measure import PROJECT, RESULTS
from benchmarks.support.pieces_tables import others, tables
from benchmarks.support.tables.document import written


def test_the_document_shows_what_was_measured() -> None:
    document = (PROJECT / "docs" / "pieces.md").read_text(encoding="utf-8")

    assert written(document, list(tables(RESULTS))) == document


def test_parts_that_were_not_measured_have_no_row() -> None:
    spread = {"median": 2.0, "lowest": 1.5, "highest": 2.5}
    part = {
        "commit": "0123",
        "clips": 20,
        "size": [320, 180],
        "seconds_of_clip": 1,
        "jobs_1_seconds": spread,
        "jobs_2_seconds": spread,
        "speed_of_jobs_1": spread,
    }

    lines = list(others({"library-lite": part}))

    assert len(lines) == 3
    assert lines[2] == (
        "| 20 of 1 s, 320x180, mspfn-lite, `--jobs 1` and `2` | 2.0 s | 2.0 s | "
        "2.000 (1.500 to 2.500) | 0123 |"
    )
    assert list(others({})) == lines[:2]
