"""What was in the source and is not in the output: found by looking into both."""

from collections.abc import Collection
from pathlib import Path

from sources.container.inventory import PICTURE_DATA, inventory, picture_data


def what_is_lost(
    source: Path | None,
    output: Path,
    *,
    side_data: Collection[str] = (),
    said: Collection[int] = (),
) -> list[str]:
    """Returns a line that names what is lost; none if nothing is.

    Args:
        source: The file that was read; None if there was none.
        output: The file that was written, complete.
        side_data: What hung on the pictures of the source, by FFmpeg's names.
        said: Streams of the source that are left out with a line of their own.
    """
    lost: list[str] = []
    if side_data:
        kept = picture_data(output, side_data)
        names = {PICTURE_DATA[kind] for kind in side_data if kind in PICTURE_DATA}
        lost += sorted(names - {PICTURE_DATA.get(kind, "") for kind in kept})
    if source is not None:
        missing = inventory(source, without=said) - inventory(output)
        lost += sorted(map(_named, missing.items()))
    return [f"left out: {'; '.join(dict.fromkeys(lost))}"] if lost else []


def _named(item: tuple[str, int]) -> str:
    name, count = item
    return name if count == 1 or name.startswith("the ") else f"{count} of: {name}"
