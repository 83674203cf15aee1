"""Which rows the table has: each method under each condition that it has pictures of.

A network derains whatever it is given. What another program made was made of pictures
of one condition, and may stand under no other.
"""

from collections.abc import Sequence

from evaluation.errors import EvaluationError
from evaluation.methods import Method, ResultsFolder
from evaluation.tasks.conditions import Condition


def method_under(
    method: Method, condition: Condition, conditions: Sequence[Condition]
) -> Method | None:
    """Returns what makes a method's pictures under a condition; None without any.

    Results of others lie in a folder of the condition's name. Where there is but one
    kind of rain, they may lie in the folder itself, and are then of that rain.
    """
    if not isinstance(method, ResultsFolder):
        return method
    own = method.of_condition(condition.name)
    rainy = [other.name for other in conditions if not other.is_clean]
    alone = rainy == [condition.name]
    return own or (method if alone else None)


def missing_results(
    methods: Sequence[Method], conditions: Sequence[Condition]
) -> list[str]:
    """Returns the rain that results of others lack, a line each.

    Raises:
        EvaluationError: A method has results under no condition.
    """
    problems: list[str] = []
    for method in methods:
        lacking = [c for c in conditions if method_under(method, c, conditions) is None]
        names = ", ".join(c.name for c in lacking)
        where = method.facts.get("results", "")
        if len(lacking) == len(conditions):
            raise EvaluationError(
                f"results of {method.name}: {where} must hold a folder for each kind "
                f"of rain, of its name: {names}."
            )
        problems += [
            f"results of {method.name}: {where} holds no folder {c.name}: no row"
            for c in lacking
            if not c.is_clean
        ]
    return problems
