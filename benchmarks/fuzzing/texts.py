"""What happens to texts people write: lines go, keys and values become others."""

import re
from collections.abc import Callable
from random import Random

_VALUES = (
    *("-1", "0", "1", "1e400", "nan", "-inf", "99999999999999999999", "0x7f", "true"),
    *('""', '"x"', '"\\u0000"', "[]", "[1, 2]", '["a", 3]', "{}", "{a = 1}", "''"),
    *("1979-05-27", "07:32:00", "[[1]]", "0.0", "-0.5", "null", '"../../x"', '"é☔"'),
)
"""Of TOML and JSON alike; what one of them cannot say is a fault in its grammar."""
_VALUE = re.compile(r"(?<=[=:>])\s*[^\n,}\]<]+")
_WORD = re.compile(r"[A-Za-z_]{2,}")


def change_values(text: str, rng: Random) -> str:
    """Gives one to three keys another value, of any type."""
    for _ in range(rng.randint(1, 3)):
        places = list(_VALUE.finditer(text)) or list(_WORD.finditer(text))
        if not places:
            return text
        place = rng.choice(places)
        text = f"{text[: place.start()]} {rng.choice(_VALUES)}{text[place.end() :]}"
    return text


def change_numbers(text: str, rng: Random) -> str:
    """Gives numbers other numbers."""
    places = list(re.finditer(r"-?\d+(\.\d+)?", text))
    chosen = rng.sample(places, min(len(places), rng.randint(1, 4)))
    for place in sorted(chosen, key=re.Match.start, reverse=True):
        number = rng.choice(("-1", "0", "1e9", "0.5", "nan", "99999999999999999999"))
        text = text[: place.start()] + number + text[place.end() :]
    return text


def rename(text: str, rng: Random) -> str:
    """Puts one word of the text in the place of another."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    place, other = rng.choice(words), rng.choice(words)
    return text[: place.start()] + other[0] + text[place.end() :]


def move_lines(text: str, rng: Random) -> str:
    """Doubles, moves or takes away lines."""
    lines = text.splitlines(keepends=True)
    for _ in range(rng.randint(1, 3)):
        if lines:
            line = lines.pop(rng.randrange(len(lines)))
            for _ in range(rng.randrange(3)):
                lines.insert(rng.randrange(len(lines) + 1), line)
    return "".join(lines)


def nest(text: str, rng: Random) -> str:
    """Puts the text, or a bracket without an end, inside very many brackets."""
    depth = rng.choice((3, 200, 20_000))
    opened, closed = rng.choice((("[", "]"), ("{", "}"), ("<a>", "</a>")))
    place = rng.randrange(len(text) + 1)
    return text[:place] + opened * depth + closed * depth + text[place:]


TEXTS: dict[str, Callable[[str, Random], str]] = {
    "values": change_values,
    "numbers": change_numbers,
    "rename": rename,
    "lines": move_lines,
    "nest": nest,
}
"""By the name that a result has for them."""
