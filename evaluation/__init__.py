"""Evaluation: what methods are worth on the field's test sets, in its own protocols.

From the bottom up: `metrics` makes figures of arrays, `sets` finds pictures and clips,
`measures` and `clip_measures` name what can be measured, `reference_models` holds what
some need. `methods` are the rows of a table, `runners` take them through a set,
`result_cache` remembers, `scores` are the outcome, `paper` what was published.
`reports` show it, and `evaluate` carries out one command.
"""

from evaluation.errors import EvaluationError

__all__ = ["EvaluationError"]
