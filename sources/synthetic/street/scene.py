"""Where everything in the drawn street stands, and how it gets into a picture.

The street repeats after `LOOP_M`, so that an endless drive stays exact: the eye's
place is kept within one loop and what lies beyond its end is drawn once more.
"""

from dataclasses import dataclass

import numpy as np

from sources.synthetic.street.cars import (
    BONNET_M,
    HEIGHT_M,
    LENGTH_M,
    WIDTH_M,
    Car,
    build_car,
)
from sources.synthetic.street.ground import LAMP_STEP_M, LAMP_X_M, PAVEMENT_M
from sources.synthetic.street.houses import Faces, House, build_house
from sources.synthetic.street.lights import Lamp, add_lamp
from sources.synthetic.street.texture import Rng
from sources.synthetic.street.things import (
    LAMP_ARM_M,
    LAMP_HEIGHT_M,
    Thing,
    grow_tree,
    paint_signs,
    raise_lamp,
)
from sources.synthetic.street.view import Image, Light, Post, Texture, View, paint

LOOP_M = 192.0
SIGHT_M = 150.0
"""Nothing farther than this is drawn."""

_WARM = (255.0, 190.0, 112.0)
_WHITE = (255.0, 244.0, 220.0)
_RED = (255.0, 34.0, 22.0)


@dataclass(frozen=True, slots=True)
class Plot:
    """A house at its place; the side is -1 on the left and 1 on the right."""

    house: House
    side: int
    start: float
    setback: float


@dataclass(frozen=True, slots=True)
class Place:
    """A thing at its place, in metres."""

    thing: Thing
    x: float
    z: float
    lit: bool = False
    """Whether it is a street lamp."""


@dataclass(frozen=True, slots=True)
class Scene:
    """All that stands along one loop of the street, and the cars that may come."""

    plots: list[Plot]
    places: list[Place]
    cars: list[Car]


@dataclass(frozen=True, slots=True)
class Driving:
    """A car at one moment; `heading` 1 drives our way, -1 comes towards us."""

    car: Car
    x: float
    z: float
    heading: int


def build_scene(rng: Rng, detail: float) -> Scene:
    """Draws every texture once and finds a place for it."""
    # Each has its own rng, so that the same street stands at every size of picture.
    houses = [build_house(own, kind, detail) for kind, own in enumerate(rng.spawn(10))]
    plots = [plot for side in (-1, 1) for plot in _row_of_houses(rng, houses, side)]
    places = _lamps(detail) + _trees(rng, detail) + _signs(rng, detail)
    return Scene(
        plots,
        places,
        [build_car(own, kind, detail) for kind, own in enumerate(rng.spawn(6))],
    )


def _row_of_houses(rng: Rng, houses: list[House], side: int) -> list[Plot]:
    order: list[House] = []
    for i in range(200):
        house = houses[int(rng.integers(len(houses)))]
        if sum(h.length for h in order) + house.length > LOOP_M - 12:
            break
        if i == 0 or house is not order[-1]:
            order.append(house)
    spare = LOOP_M - sum(h.length for h in order)
    gaps = rng.dirichlet(np.full(len(order), 0.6)) * spare
    ends = np.cumsum([h.length + g for h, g in zip(order, gaps, strict=True)])
    return [
        Plot(house, side, float(end) - house.length, float(rng.uniform(0.6, 2.6)))
        for house, end in zip(order, ends, strict=True)
    ]


def _lamps(detail: float) -> list[Place]:
    lamp = raise_lamp(detail)
    flat = lamp.texture.shrunk_to(lamp.texture.width, lamp.texture.height)
    mirrored = Thing(
        Texture(np.ascontiguousarray(flat[:, ::-1])), lamp.width, lamp.height
    )
    count = int(LOOP_M / LAMP_STEP_M)
    right = [Place(lamp, LAMP_X_M, k * LAMP_STEP_M, True) for k in range(count)]
    left = [
        Place(mirrored, -LAMP_X_M, (k + 0.5) * LAMP_STEP_M, True) for k in range(count)
    ]
    return right + left


def _trees(rng: Rng, detail: float) -> list[Place]:
    kinds = [grow_tree(own, detail) for own in rng.spawn(4)]
    return [
        Place(
            kinds[int(rng.integers(4))],
            side * float(rng.uniform(5.9, 6.6)),
            start + float(rng.uniform(0, 7)),
        )
        for side in (-1, 1)
        for start in np.arange(2.0, LOOP_M - 8, 13.0)
        if rng.uniform() < 0.75
    ]


def _signs(rng: Rng, detail: float) -> list[Place]:
    signs = paint_signs(rng.spawn(1)[0], detail)
    spots = np.arange(9.0, LOOP_M - 4, 21.0)
    return [
        Place(signs[i % len(signs)], (4.7, -4.9)[i % 3 == 2], float(z))
        for i, z in enumerate(spots)
    ]


def paint_houses(
    canvas: Image, view: View, scene: Scene, light: Light, night: bool
) -> None:
    """Draws the houses from far to near into uint8 RGB [height, width, 3]."""
    standing = [
        (plot.start + loop * LOOP_M, plot)
        for loop in (-1, 0, 1)
        for plot in scene.plots
        if 0 < plot.start + loop * LOOP_M + plot.house.length - view.eye[2] < SIGHT_M
    ]
    for start, plot in sorted(standing, key=lambda item: -item[0]):
        faces = plot.house.by_night if night else plot.house.by_day
        _paint_house(canvas, view, plot, start, faces, light)


def _paint_house(
    canvas: Image, view: View, plot: Plot, start: float, faces: Faces, light: Light
) -> None:
    house, side = plot.house, plot.side
    x, end = side * (PAVEMENT_M + plot.setback), start + plot.house.length
    back = side * (PAVEMENT_M + plot.setback + house.depth)
    top, tip = house.eaves, house.eaves + house.ridge
    if house.ridge:
        middle = (x + back) / 2
        roof = (
            Post(start, (x, top), (middle, tip)),
            Post(end, (x, top), (middle, tip)),
        )
        paint(canvas, view, faces.roof, roof, light, 0.95)
    gable = (Post(start, (x, 0), (x, tip)), Post(start, (back, 0), (back, tip)))
    paint(canvas, view, faces.gable, gable if side > 0 else gable[::-1], light, 0.72)
    front = (Post(start, (x, 0), (x, top)), Post(end, (x, 0), (x, top)))
    shade = 0.88 if side > 0 else 1.05
    paint(canvas, view, faces.front, front if side < 0 else front[::-1], light, shade)


def paint_things(
    canvas: Image,
    view: View,
    scene: Scene,
    traffic: list[Driving],
    light: Light,
    night: bool,
) -> None:
    """Draws what stands and drives before the houses, from far to near, lamps lit."""
    standing = [
        (place.z + loop * LOOP_M, place)
        for loop in (0, 1)
        for place in scene.places
        if 0.5 < place.z + loop * LOOP_M - view.eye[2] < SIGHT_M
    ]
    items: list[tuple[float, Place | Driving]] = [
        *standing,
        *((d.z, d) for d in traffic),
    ]
    for z, item in sorted(items, key=lambda pair: -pair[0]):
        if isinstance(item, Driving):
            _paint_car(canvas, view, item, light, night)
        else:
            _paint_thing(canvas, view, item, z, light, night)


def _paint_thing(
    canvas: Image, view: View, place: Place, z: float, light: Light, night: bool
) -> None:
    thing, x = place.thing, place.x
    paint(
        canvas, view, thing.texture, _upright(x, thing.width, 0, thing.height, z), light
    )
    if place.lit and night:
        at = (x - np.sign(x) * LAMP_ARM_M, LAMP_HEIGHT_M - 0.1, z)
        add_lamp(canvas, view, Lamp(at, _WARM, 1.25, 1.0))


def _paint_car(
    canvas: Image, view: View, driving: Driving, light: Light, night: bool
) -> None:
    car, x, z, away = driving.car, driving.x, driving.z, driving.heading > 0
    near = z - view.eye[2]
    if not 1.5 < near < SIGHT_M:
        return
    _shadow(canvas, view, x, z)
    cabin = car.rear_window if away else car.windscreen
    set_in = 0.55 if away else 1.35
    cabin_at = _upright(x, WIDTH_M, 0.86, HEIGHT_M, z + set_in)
    paint(canvas, view, cabin, cabin_at, light)
    flank = x + (-1 if view.eye[0] < x else 1) * WIDTH_M / 2
    if abs(view.eye[0] - x) > WIDTH_M / 2:
        bow, stern = (z + LENGTH_M, z) if away else (z, z + LENGTH_M)
        side = (
            Post(stern, (flank, 0), (flank, HEIGHT_M)),
            Post(bow, (flank, 0), (flank, HEIGHT_M)),
        )
        paint(canvas, view, car.side, side, light, 0.8)
    face = _upright(x, WIDTH_M, 0, BONNET_M, z)
    paint(canvas, view, car.stern if away else car.bow, face, light)
    _car_lamps(canvas, view, driving, night)


def _car_lamps(canvas: Image, view: View, driving: Driving, night: bool) -> None:
    away = driving.heading > 0
    colour, height = (_RED, 0.69) if away else (_WHITE, 0.66)
    reach = (0.5 if away else 1.15) * (1.0 if night else 0.45)
    for offset in (-0.66, 0.66):
        at = (driving.x + offset, height, driving.z - 0.05)
        add_lamp(canvas, view, Lamp(at, colour, reach, 1.0 if night else 0.7))


def _shadow(canvas: Image, view: View, x: float, z: float) -> None:
    """Little light gets under a car."""
    left, top = view.point(x - WIDTH_M * 0.58, 0, z + 1.2)
    right, bottom = view.point(x + WIDTH_M * 0.58, 0, max(z - 0.35, view.eye[2] + 1.3))
    rows = slice(max(int(top), 0), max(int(bottom) + 1, 0))
    columns = slice(max(int(left), 0), max(int(right) + 1, 0))
    part = canvas[rows, columns]
    if part.size:
        y = np.linspace(-1, 1, part.shape[0], dtype=np.float32)[:, None]
        x_share = np.linspace(-1, 1, part.shape[1], dtype=np.float32)[None]
        dark = 1 - 0.85 * np.clip(1.25 - y**2 - x_share**4, 0, 1)
        part[:] = (part * dark[..., None]).astype(np.uint8)


def _upright(
    x: float, width: float, low: float, high: float, z: float
) -> tuple[Post, Post]:
    left, right = x - width / 2, x + width / 2
    return Post(z, (left, low), (left, high)), Post(z, (right, low), (right, high))
