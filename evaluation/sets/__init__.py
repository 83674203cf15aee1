"""Test sets of the field, by name, in the folder forms of their authors."""

from evaluation.sets.catalogue import SETS, open_set
from evaluation.sets.testset import Box, Clip, Sample, TestSet

__all__ = ["SETS", "Box", "Clip", "Sample", "TestSet", "open_set"]
