"""Sets of the field, by name, in the folder forms of their authors.

`catalogue` opens one by name; `pair_sets`, `photographs`, `mpid` and `clips` are those
to test on, `training_sets` those to train on; `pairing` finds pairs in a folder, and
`testset` is what was found.
"""

from evaluation.sets.catalogue import SETS, open_set
from evaluation.sets.testset import Box, Clip, Sample, TestSet
from evaluation.sets.training_sets import TRAINING_SETS

__all__ = ["SETS", "TRAINING_SETS", "Box", "Clip", "Sample", "TestSet", "open_set"]
