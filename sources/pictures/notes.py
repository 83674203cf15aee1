"""Lines on what is left out of picture files: one for each kind, not for each file."""

from collections.abc import Mapping, Sequence


def notes_by_file(lost: Mapping[str, Sequence[str]]) -> list[str]:
    """Returns a line for each thing that is lost.

    Args:
        lost: The names of the files by what they lose; at least one each.
    """
    return [
        f"left out of {names[0]}{_more(len(names) - 1)}: {what}"
        for what, names in lost.items()
    ]


def _more(count: int) -> str:
    if not count:
        return ""
    return f" and {count} more" if count > 1 else " and one more"
