"""Windows and shop fronts of the drawn houses, with the lamps behind them."""

from itertools import pairwise

import cv2
import numpy as np

from sources.synthetic.street.texture import Rng, noise
from sources.synthetic.street.view import Floats, as_rgb

_SHOPS = ("BAKERY", "CAFE", "BOOKS", "TAILOR", "RADIO", "FLOWERS", "HOTEL", "MARKET")


def window(
    rng: Rng,
    wall: Floats,
    glow: Floats,
    box: tuple[float, float, float, float],
    scale: float,
) -> None:
    """Reveal, frame, panes that mirror the sky, curtains and a sill."""
    x, y, w, h = (round(v) for v in box)
    edge = max(1, round(0.07 * scale))
    fill(wall, x - edge, y - edge, w + 2 * edge, h + 2 * edge, (214, 210, 200))
    fill(wall, x - edge, y + h, w + 2 * edge, 2 * edge, (176, 172, 164))
    shadow = wall[y + h + 2 * edge : y + h + 5 * edge, max(x - edge, 0) : x + w + edge]
    shadow *= 0.72
    pane = wall[max(y, 0) : y + h, max(x, 0) : x + w]
    if pane.size == 0:
        return
    curtain = _glass(rng, pane, scale)
    if rng.uniform() < 0.42:
        _lit(rng, glow[max(y, 0) : y + h, max(x, 0) : x + w], curtain)
    for bar_x, bar_y, bar_w, bar_h in (
        (x + w // 2 - edge // 2, y, edge, h),
        (x, y + round(0.36 * h), w, edge),
    ):
        fill(wall, bar_x, bar_y, bar_w, bar_h, (206, 203, 196))
        fill(glow, bar_x, bar_y, bar_w, bar_h, (8, 6, 4))


def _glass(rng: Rng, pane: Floats, scale: float) -> int:
    """The sky in the pane, and curtains at its sides; returns their width."""
    rows, columns = pane.shape[:2]
    sky = np.linspace(1.25, 0.5, rows, dtype=np.float32)[:, None]
    sky = sky + 0.12 * noise(rng, rows, columns, 1.6)
    pane[:] = np.clip(sky, 0.15, 2)[..., None] * as_rgb((66, 76, 86))
    pane[: max(1, rows // 10)] *= 0.45
    curtain = max(1, int(columns * rng.uniform(0.12, 0.33)))
    folds = 1 + 0.15 * np.sin(np.arange(curtain) * 2.2 / max(scale / 36, 0.3))
    cloth = np.float32(rng.uniform(120, 200)) * folds[None, :, None]
    pane[:, :curtain] = 0.45 * pane[:, :curtain] + 0.5 * cloth
    pane[:, -curtain:] = 0.45 * pane[:, -curtain:] + 0.5 * cloth
    return curtain


def _lit(rng: Rng, pane: Floats, curtain: int) -> None:
    rows, columns = pane.shape[:2]
    warm = as_rgb((236, 178, 104)) if rng.uniform() < 0.8 else as_rgb((178, 196, 220))
    room = np.linspace(1.05, 0.6, rows, dtype=np.float32)[:, None]
    room = np.clip(room + 0.09 * noise(rng, rows, columns, 1.5), 0.2, 1.15)
    pane[:] = room[..., None] * warm * np.float32(rng.uniform(0.45, 0.95))
    pane[:, :curtain] *= 0.7
    pane[:, -curtain:] *= 0.7


def shop_front(rng: Rng, wall: Floats, glow: Floats, kind: int, scale: float) -> None:
    """A display window under a sign with the shop's name."""
    height, width = wall.shape[:2]
    left, right = round(0.06 * width), round(0.94 * width)
    top, low = height - round(2.5 * scale), height - round(0.45 * scale)
    frame = tuple(float(v) for v in rng.uniform(28, 74, 3))
    fill(wall, left, top, right - left, height - top, frame)
    edge = max(1, round(0.09 * scale))
    panes = np.linspace(left, right, 5).astype(int)
    for start, end in pairwise(panes.tolist()):
        goods = wall[top + edge : low, start + edge : end - edge]
        shine = noise(rng, goods.shape[0], goods.shape[1], 1.7)[..., None]
        goods[:] = np.clip(84 + 15 * shine, 18, 190) * as_rgb((0.9, 0.97, 1.0))
        lamp = glow[top + edge : low, start + edge : end - edge]
        lamp[:] = np.clip(196 + 18 * shine, 30, 255) * as_rgb((1.0, 0.85, 0.62))
        _goods(rng, goods, lamp)
    board = (left, top - round(0.75 * scale), right - left, round(0.7 * scale))
    colour = tuple(float(v) for v in rng.uniform(24, 120, 3))
    fill(wall, *board, colour)
    _name(wall, _SHOPS[kind // 2 % len(_SHOPS)], board, (232, 226, 206))
    _name(glow, _SHOPS[kind // 2 % len(_SHOPS)], board, (250, 206, 140))


def _goods(rng: Rng, pane: Floats, lamp: Floats) -> None:
    rows, columns = pane.shape[:2]
    for _ in range(7):
        wide, tall = (
            int(columns * rng.uniform(0.08, 0.2)),
            int(rows * rng.uniform(0.15, 0.5)),
        )
        x = int(rng.uniform(0, max(columns - wide, 1)))
        colour = rng.normal(rng.uniform(50, 150), 22, 3).clip(10, 200)
        for image, gain in ((pane, 0.6), (lamp, 0.8)):
            fill(
                image,
                x,
                rows - tall,
                wide,
                tall,
                tuple(float(v) * gain for v in colour),
            )


def _name(
    image: Floats,
    text: str,
    board: tuple[int, int, int, int],
    colour: tuple[float, ...],
) -> None:
    x, y, wide, tall = board
    thick = max(1, round(tall / 9))
    (across, up), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 1.0, 1)
    size = min(0.62 * tall / up, 0.8 * wide / across)
    at = (round(x + (wide - across * size) / 2), round(y + (tall + up * size) / 2))
    ink = np.zeros(image.shape[:2], np.uint8)
    cv2.putText(ink, text, at, cv2.FONT_HERSHEY_DUPLEX, size, 255, thick, cv2.LINE_AA)
    image += (as_rgb(colour) - image) * (ink[..., None] / np.float32(255))


def fill(
    image: Floats, x: int, y: int, w: int, h: int, colour: tuple[float, ...]
) -> None:
    """Paints a rectangle of a picture in place; what lies outside is left out."""
    image[max(y, 0) : max(y + h, 0), max(x, 0) : max(x + w, 0)] = as_rgb(colour)
