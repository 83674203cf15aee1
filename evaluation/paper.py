"""The rows of the paper's Tables 2 to 6, to be put beside ours.

Jiang et al., "Multi-Scale Progressive Fusion Network for Single Image Deraining", CVPR
2020, arXiv:2003.10985. All methods were retrained by its authors on one training set.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FIDELITY = ("psnr", "ssim", "fsim")
_NATURALNESS = ("niqe", "sseq")
PAPER_PROTOCOLS: Mapping[str, str] = {
    "psnr": "mprnet",
    "ssim": "mprnet",
    "fsim": "2011",
    "niqe": "live",
    "sseq": "live",
}
"""What the paper's figures are measured in. Its authors said so of PSNR and SSIM
(kuijiang94/MSPFN, issues 7 and 19); the others follow from the releases they name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """One method's published figures on one set."""

    method: str
    printed: Mapping[str, str]
    """Figures as the paper prints them, by the measure's name."""
    table: str

    @property
    def values(self) -> dict[str, float]:
        """The figures as numbers."""
        return {name: float(text) for name, text in self.printed.items()}


_TABLE_4 = {
    "Test100": """
        DerainNet 22.77/0.810/0.884
        RESCAN 25.00/0.835/0.909
        DIDMDN 22.56/0.818/0.899
        UMRL 24.41/0.829/0.910
        SEMI 22.35/0.788/0.887
        PreNet 24.81/0.851/0.916
        MSPFN-without-edge-loss 26.93/0.865/0.924
        MSPFN 27.50/0.876/0.928""",
    "Rain100H": """
        DerainNet 14.92/0.592/0.755
        RESCAN 26.36/0.786/0.864
        DIDMDN 17.35/0.524/0.726
        UMRL 26.01/0.832/0.876
        SEMI 16.56/0.486/0.692
        PreNet 26.77/0.858/0.890
        MSPFN-without-edge-loss 28.33/0.842/0.883
        MSPFN 28.66/0.860/0.890""",
    "Rain100L": """
        DerainNet 27.03/0.884/0.904
        RESCAN 29.80/0.881/0.919
        DIDMDN 25.23/0.741/0.861
        UMRL 29.18/0.923/0.940
        SEMI 25.03/0.842/0.893
        PreNet 32.44/0.950/0.956
        MSPFN-without-edge-loss 32.18/0.928/0.939
        MSPFN 32.40/0.933/0.943""",
    "Test2800": """
        DerainNet 24.31/0.861/0.930
        RESCAN 31.29/0.904/0.952
        DIDMDN 28.13/0.867/0.943
        UMRL 29.97/0.905/0.955
        SEMI 24.43/0.782/0.897
        PreNet 31.75/0.916/0.956
        MSPFN-without-edge-loss 32.70/0.928/0.964
        MSPFN 32.82/0.930/0.966""",
    "Test1200": """
        DerainNet 23.38/0.835/0.924
        RESCAN 30.51/0.882/0.944
        DIDMDN 29.65/0.901/0.950
        UMRL 30.55/0.910/0.955
        SEMI 26.05/0.822/0.917
        PreNet 31.36/0.911/0.955
        MSPFN-without-edge-loss 32.22/0.914/0.958
        MSPFN 32.39/0.916/0.960""",
}
_TABLE_5 = {
    "Real200": """
        RESCAN 4.724/30.47
        UMRL 4.675/29.38
        PreNet 4.620/29.51
        MSPFN 4.459/29.26""",
    "RID": """
        RESCAN 6.641/40.62
        UMRL 6.757/41.04
        PreNet 7.007/43.04
        MSPFN 6.518/40.47""",
    "RIS": """
        RESCAN 6.485/50.89
        UMRL 5.615/43.45
        PreNet 6.722/48.22
        MSPFN 6.135/43.47""",
}
_TABLE_6 = {
    "COCO350": """
        Rain-input 14.79/0.648
        RESCAN 17.04/0.745
        PreNet 17.53/0.765
        MSPFN* 17.74/0.773
        MSPFN 18.23/0.782""",
    "BDD350": """
        Rain-input 14.13/0.470
        RESCAN 16.71/0.646
        PreNet 16.90/0.652
        MSPFN* 17.38/0.678
        MSPFN 17.85/0.761""",
    "BDD150": """
        Rain-input 18.00/0.722
        RESCAN 20.96/0.859
        PreNet 21.52/0.886
        MSPFN* 21.73/0.887
        MSPFN 22.48/0.904""",
}
_ABLATED = "Test100"
_TABLE_2 = {
    "mspfn-model1": "Model1 26.56/0.861/0.921",
    "mspfn-model2": "Model2 27.01/0.864/0.923",
    "mspfn-model3": "Model3 23.69/0.831/0.905",
    "mspfn-model4": "Model4 26.75/0.863/0.923",
    "mspfn-model5": "Model5 26.48/0.862/0.921",
    "mspfn-model6": "Model6 26.88/0.865/0.923",
}
# The paper names its third row SSIM too; it is FSIM, as M10N3's in Table 2 shows.
# M17N1 is the MSPFN of Table 4.
_TABLE_3 = {
    "mspfn-m30n1": "M30N1 27.91/0.879/0.929",
    "mspfn-m17n2": "M17N2 27.63/0.877/0.928",
    "mspfn-m13n2": "M13N2 27.42/0.874/0.927",
    "mspfn-m10n3": "M10N3 27.29/0.869/0.925",
    "mspfn-m8n5": "M8N5 27.13/0.867/0.924",
    "mspfn-lite": "M5N1 24.99/0.850/0.916",
}


def paper_rows(set_name: str, variants: Iterable[str] = ()) -> tuple[PaperRow, ...]:
    """Returns the paper's rows for a set, in its order; none for other sets.

    Args:
        set_name: As in `evaluation.sets`.
        variants: Networks whose own rows of Tables 2 and 3 follow, where the set is
            the one that those were measured on.
    """
    if set_name in _TABLE_5:
        return _rows(_TABLE_5[set_name], _NATURALNESS, "Table 5")
    if set_name in _TABLE_6:
        return _rows(_TABLE_6[set_name], ("psnr", "ssim"), "Table 6")
    if set_name not in _TABLE_4:
        return ()
    rows = _rows(_TABLE_4[set_name], _FIDELITY, "Table 4")
    return rows + _ablations(variants) if set_name == _ABLATED else rows


def _ablations(variants: Iterable[str]) -> tuple[PaperRow, ...]:
    found: list[PaperRow] = []
    for variant in dict.fromkeys(variants):
        for lines, table in ((_TABLE_2, "Table 2"), (_TABLE_3, "Table 3")):
            if variant in lines:
                found += _rows(lines[variant], _FIDELITY, table)
    return tuple(found)


def _rows(text: str, names: tuple[str, ...], table: str) -> tuple[PaperRow, ...]:
    rows = []
    for line in text.strip().splitlines():
        method, figures = line.split()
        printed = dict(zip(names, figures.split("/"), strict=True))
        rows.append(PaperRow(method=method, printed=printed, table=table))
    return tuple(rows)
