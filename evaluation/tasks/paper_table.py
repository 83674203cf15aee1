"""The paper's Table 6, to stand beside: what deraining did for its detector.

Jiang et al., CVPR 2020, arXiv:2003.10985: YOLOv3 on COCO350 and BDD350 at a threshold
of 0.6, RefineNet on BDD150. Which pictures those are, which weights the judges had and
how matches were counted was never published, so that figures of others stand beside,
not in a row with these.
"""

from dataclasses import dataclass

from evaluation.tasks.labelled_set import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTable:
    """One part of Table 6, in percent as printed."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The method, and a figure for each column."""


_METHODS = ("rainy input", "RESCAN", "PreNet", "MSPFN*", "MSPFN")
_COCO = (
    *("23.03/29.60/55.50", "28.74/35.61/59.81", "31.31/37.92/60.75"),
    *("30.99/37.99/61.06", "32.56/39.31/61.69"),
)
_BDD = (
    *("36.86/42.80/59.85", "40.33/47.79/61.98", "38.66/48.59/61.08"),
    *("39.91/49.74/61.90", "41.04/50.40/62.42"),
)
_PIXELS = ("33.29/20.49", "45.34/31.52", "50.28/33.42", "50.25/33.74", "52.96/35.90")


def _table(
    title: str, columns: tuple[str, ...], printed: tuple[str, ...]
) -> PrintedTable:
    rows = zip(_METHODS, printed, strict=True)
    return PrintedTable(
        title=f"{title} (the paper, Table 6)",
        columns=columns,
        rows=tuple((method, *figures.split("/")) for method, figures in rows),
    )


_BOXES = ("Precision", "Recall", "IoU")
_TABLES = {
    "COCO350": _table("COCO350, YOLOv3, threshold 0.6", _BOXES, _COCO),
    "BDD350": _table("BDD350, YOLOv3, threshold 0.6", _BOXES, _BDD),
    "BDD150": _table("BDD150, RefineNet", ("mPA", "mIoU"), _PIXELS),
}
_OF_TASK: dict[Task, tuple[str, ...]] = {
    "detection": ("COCO350", "BDD350"),
    "segmentation": ("BDD150",),
}


def printed_tables(task: Task, set_name: str) -> tuple[PrintedTable, ...]:
    """Returns the paper's own rows: of the set, or of all sets of the task."""
    if set_name in _TABLES:
        return (_TABLES[set_name],)
    return tuple(_TABLES[name] for name in _OF_TASK[task])
