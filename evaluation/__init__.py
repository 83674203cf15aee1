"""Evaluation: metrics, data sets and reports, in the field's own protocols."""

from evaluation.errors import EvaluationError

__all__ = ["EvaluationError"]
