"""Draws how the figures of single pictures are spread, as SVG for the page."""

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

COLOURS = ("#6b7280", "#2563eb", "#d97706", "#059669", "#9333ea", "#dc2626", "#0e7490")
_BINS = 48
_WIDTH, _LEFT, _RIGHT = 920, 170, 20
_ROW, _FOOT = 76, 34
_MARK = 60  # half the width of a mark's label
_NAME = 22  # letters that fit left of a row


def distribution(
    values: Mapping[str, Sequence[float]],
    label: str,
    marks: Mapping[str, float] | None = None,
) -> str:
    """Returns a histogram for each name, one below the other on one axis.

    Args:
        values: The figures of the pictures by the method's name; infinite ones are
            left out.
        label: What the axis says.
        marks: Figures of others, drawn as dashed lines, by name.
    """
    finite = {
        name: np.array([v for v in row if math.isfinite(v)])
        for name, row in values.items()
    }
    finite = {name: row for name, row in finite.items() if len(row)}
    if not finite:
        return ""
    marks = marks or {}
    low, high = _range([*np.concatenate([*finite.values()]), *marks.values()])
    height = 20 + _ROW * len(finite) + _FOOT
    parts = [_mark(name, at, low, high, height) for name, at in marks.items()]
    for place, (name, row) in enumerate(finite.items()):
        parts.append(_bars(name, row, (low, high), place))
    parts.append(_axis(low, high, height, label))
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = float(min(values)), float(max(values))
    edge = (high - low) * 0.02 or max(abs(high), 1) * 0.05
    return low - edge, high + edge


def _x(value: float, low: float, high: float) -> float:
    return _LEFT + (value - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)


def _bars(name: str, row: np.ndarray, span: tuple[float, float], place: int) -> str:
    colour = COLOURS[place % len(COLOURS)]
    counts, edges = np.histogram(row, bins=_BINS, range=span)
    bottom = 20 + _ROW * (place + 1) - 8
    scale = (_ROW - 16) / max(int(counts.max()), 1)
    bars = [
        f'<rect x="{_x(left, *span):.1f}" y="{bottom - count * scale:.1f}" '
        f'width="{_x(right, *span) - _x(left, *span) - 1:.1f}" '
        f'height="{count * scale:.1f}" fill="{colour}"/>'
        for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True)
        if count
    ]
    mean, small = _x(float(row.mean()), *span), f"mean {row.mean():.4g}"
    name = escape(_short(name))
    return (
        f'<text x="{_LEFT - 12}" y="{bottom - 16}" class="name">{name}</text>'
        f'<text x="{_LEFT - 12}" y="{bottom}" class="small">{small}</text>'
        f"{''.join(bars)}"
        f'<path d="M{mean:.1f} {bottom - _ROW + 14}V{bottom}" stroke="{colour}" '
        f'stroke-width="2"/>'
        f'<path d="M{_LEFT} {bottom}H{_WIDTH - _RIGHT}" class="rule"/>'
    )


def _short(name: str) -> str:
    """Returns the end of a long name: of a path it is the telling part."""
    return name if len(name) <= _NAME else f"…{name[1 - _NAME :]}"


def _mark(name: str, value: float, low: float, high: float, height: int) -> str:
    x = _x(value, low, high)
    inside = min(x, _WIDTH - _RIGHT - _MARK)
    return (
        f'<path d="M{x:.1f} 14V{height - _FOOT}" class="mark"/>'
        f'<text x="{inside:.1f}" y="11" class="tick">{escape(name)} {value:g}</text>'
    )


def _axis(low: float, high: float, height: int, label: str) -> str:
    step = _round_step((high - low) / 8)
    first = math.ceil(low / step)
    last = math.floor(high / step)
    ticks = [
        f'<text x="{_x(i * step, low, high):.1f}" y="{height - _FOOT + 12}" '
        f'class="tick">{i * step:.6g}</text>'
        for i in range(first, last + 1)
    ]
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    return (
        "".join(ticks)
        + f'<text x="{middle}" y="{height - 5}" class="tick">{escape(label)}</text>'
    )


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * unit for unit in (1, 2, 5, 10) if power * unit >= rough)
