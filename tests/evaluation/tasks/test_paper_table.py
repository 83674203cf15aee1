from evaluation.tasks.paper_table import printed_tables


def test_a_set_of_the_paper_has_its_own_rows() -> None:
    [table] = printed_tables("detection", "BDD350")

    assert table.title == "BDD350, YOLOv3, threshold 0.6 (the paper, Table 6)"
    assert table.columns == ("Precision", "Recall", "IoU")
    assert table.rows[0] == ("rainy input", "36.86", "42.80", "59.85")
    assert table.rows[-1] == ("MSPFN", "41.04", "50.40", "62.42")


def test_another_set_stands_beside_all_of_its_task() -> None:
    boxes, pixels = (printed_tables(t, "mine") for t in ("detection", "segmentation"))

    assert [table.title.split(",")[0] for table in boxes] == ["COCO350", "BDD350"]
    assert pixels[0].columns == ("mPA", "mIoU")
    assert all(len(row) == 3 for row in pixels[0].rows)
