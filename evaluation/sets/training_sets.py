"""The sets of pairs that networks are trained on, in the forms of their authors.

- `pairs`: `input/NAME` and `target/NAME`; suffixes may differ.
- `Rain14000`: `rainy_image/N_K.jpg` and `ground_truth/N.jpg` (Fu et al., CVPR 2017).
- `Rain1800`: `norain-N.png` with `rain-N.png` or `norain-Nx2.png`, in one folder or
  in folders of their own (Yang et al., CVPR 2017).
- `Rain800`: the left half clean, the right rainy (Zhang et al., arXiv:1701.05957).
- `Rain1200`: the left half rainy, the right clean (Zhang and Patel, CVPR 2018).
- `Rain12`: `NNN_in.png` and `NNN_GT.png` (Li et al., CVPR 2016).
"""

from collections.abc import Mapping

from evaluation.sets.pair_sets import PAIR_SETS, RAIN100_FORMS, SetForm, many_rains
from evaluation.sets.pairing import HalvesForm, PairForm

_TRUTH = r"norain-(?P<key>\d+)"
_RAIN1800_ONLY = (
    PairForm(
        rainy="",
        truth="",
        rainy_name=r"norain-(?P<key>\d+)x2",
        truth_name=_TRUTH,
    ),
    PairForm(
        rainy="rain", truth="", rainy_name=r"rain-(?P<key>\d+)", truth_name=_TRUTH
    ),
)
_ALSO_TESTED_ON = {form.name: form for form in PAIR_SETS}
TRAINING_SETS: Mapping[str, SetForm] = {
    form.name: form
    for form in (
        _ALSO_TESTED_ON["pairs"],
        SetForm(
            name="Rain14000",
            expected=None,
            forms=(
                many_rains("rainy_image", "ground_truth"),
                many_rains("rain", "norain"),
            ),
            folders=("training",),
        ),
        SetForm(
            name="Rain1800", expected=None, forms=(*RAIN100_FORMS, *_RAIN1800_ONLY)
        ),
        SetForm(
            name="Rain800",
            expected=None,
            forms=(HalvesForm(folder="", rainy_is_left=False),),
        ),
        SetForm(
            name="Rain1200",
            expected=None,
            forms=(HalvesForm(folder="", rainy_is_left=True),),
        ),
        _ALSO_TESTED_ON["Rain12"],
    )
}
