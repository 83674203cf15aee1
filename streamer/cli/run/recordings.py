"""Finds the files that a recorder has written, by the pattern that names them."""

from pathlib import Path


def files_like(pattern: str) -> list[Path]:
    """Returns the recordings that a pattern names, the newest last.

    Args:
        pattern: As `--record` takes it, with strftime's letters in the file's name.
    """
    path = Path(pattern)
    head = path.name.partition("%")[0]
    found = [p for p in path.parent.glob(f"{head}*{path.suffix}") if p.is_file()]
    return sorted(found, key=lambda file: (file.stat().st_mtime_ns, file.name))
