"""The members of the network family, and the paper's figures.

Jiang et al., "Multi-Scale Progressive Fusion Network for Single Image Deraining",
CVPR 2020, arXiv:2003.10985: tables 2 and 3, section 4.1 and, for the light form,
section 4.2 ("Parameter Analysis on M and N").
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from model.errors import ModelError
from model.mspfn.variant import VIDEO, Variant


def _paper(name: str, m: int, n: int, millions: float, tolerance: float) -> Variant:
    return Variant(
        name=name,
        modules=m,
        units=(n,) * 3,
        paper_parameters=millions,
        tolerance=tolerance,
    )


_TABLE_2 = (
    Variant(
        name="mspfn-model1",
        modules=10,
        units=(3,),
        recurrent=(128,),
        recurrent_inputs=(128,),
        paper_parameters=5.53,
        tolerance=0.15,
        reading="the full-scale path alone of M10N3, as the text says; the printed "
        "count would fit M12N3",
    ),
    Variant(
        name="mspfn-model2",
        modules=10,
        units=(3, 3, 3),
        recurrent=(),
        recurrent_inputs=(),
        paper_parameters=11.30,
        tolerance=0.15,
        reading="initial features go straight to the fine fusion and, in the place of "
        "the coarse fusion's output, to the reconstruction",
    ),
    Variant(
        name="mspfn-model3",
        modules=0,
        units=(0, 0, 0),
        paper_parameters=2.29,
        reading="the reconstruction takes the coarse fusion's output twice",
    ),
    Variant(
        name="mspfn-model4",
        modules=10,
        units=(3, 3, 3),
        fusion="outputs",
        paper_parameters=11.75,
        tolerance=0.15,
        reading="quarter, half and full scale each remove rain with a chain of their "
        "own; what a level removed, doubled, is taken from the next level's picture "
        "before that looks at it",
    ),
    _paper("mspfn-model5", 5, 1, 5.60, 0.03),
    replace(
        _paper("mspfn-model6", 6, 3, 8.45, 0.15),
        reading="M6N3, as the text says; the printed count would fit M7N2",
    ),
)

_LITE = Variant(
    name="mspfn-lite",
    modules=5,
    units=(1, 1, 1),
    width=32,
    recurrent=(32, 32, 32),
    recurrent_inputs=(32, 32, 32),
    strides=2,
    paper_parameters=1.65,
)

# The light form with another width (w) or depth (m): configs/study_lite.toml.
_AROUND_LITE = tuple(
    replace(
        _LITE,
        name=f"mspfn-lite-{name}",
        width=width,
        modules=modules,
        recurrent=(width,) * 3,
        recurrent_inputs=(width,) * 3,
        paper_parameters=None,
    )
    for name, width, modules in (
        ("w24", 24, 5),
        ("w40", 40, 5),
        ("m3", 32, 3),
        ("m8", 32, 8),
    )
)

# The light form for processors without a GPU: configs/study_tiny.toml. Three quarters
# of its work is at full size; squares of 2 x 2 pixels enter as channels instead, and
# the rain comes back the same way: Shi et al., "Real-Time Single Image and Video
# Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network", CVPR
# 2016, arXiv:1609.05158.
_TINY = tuple(
    replace(
        _LITE,
        name=name,
        width=width,
        modules=modules,
        recurrent=(width,) * scales,
        recurrent_inputs=(width,) * scales,
        units=(1,) * scales,
        unshuffle=2,
        paper_parameters=None,
    )
    for name, width, modules, scales in (
        ("mspfn-tiny", 32, 3, 3),
        ("mspfn-tiny-m5", 32, 5, 3),
        ("mspfn-tiny-w24", 24, 5, 3),
        ("mspfn-tiny-w40", 40, 2, 3),
        ("mspfn-tiny-s2", 32, 4, 2),
    )
)

# With a memory of the stream: docs/temporal.md. The last without its output before, to
# be measured against.
_VIDEO = tuple(
    replace(
        form,
        name=f"{form.name}{VIDEO}{end}",
        memory=True,
        sees_last=not end,
        paper_parameters=None,
        reading=reading,
    )
    for form, end, reading in (
        (
            _LITE,
            "",
            "states of the Conv-LSTM, and the output before, go from frame to frame",
        ),
        (_TINY[0], "", "the same"),
        (_TINY[0], "-states", "the states alone"),
    )
)

_TABLE_3 = (
    _paper("mspfn", 17, 1, 13.35, 0.03),
    _LITE,
    _paper("mspfn-m30n1", 30, 1, 21.81, 0.03),
    _paper("mspfn-m17n2", 17, 2, 17.20, 0.03),
    _paper("mspfn-m13n2", 13, 2, 13.63, 0.03),
    _paper("mspfn-m10n3", 10, 3, 13.22, 0.03),
    _paper("mspfn-m8n5", 8, 5, 14.56, 0.03),
)


def release_variant(name: str, modules: int, units: tuple[int, int, int]) -> Variant:
    """Returns a network of the form of the authors' TensorFlow graphs."""
    return Variant(
        name=name,
        modules=modules,
        units=units,
        recurrent=(256, 128, 64),
        recurrent_inputs=(32, 32, 32),
        pyramid="mean",
        tensorflow=True,
        reading="the authors' graph, number for number",
    )


_RELEASES = (
    release_variant("mspfn-release", 17, (1, 1, 1)),
    release_variant("mspfn-release-retrain", 17, (3, 3, 1)),
)

VARIANTS: dict[str, Variant] = {
    variant.name: variant
    for variant in (
        *(*_TABLE_3, *_AROUND_LITE, *_TINY, *_VIDEO),
        *(*_RELEASES, *_TABLE_2),
    )
}
"""Every network that can be named, by its name."""

DEFAULT_MODEL = "mspfn-lite"


def release_form(modules: int, units: Sequence[int]) -> Variant:
    """Returns the authors' graph in any depth."""
    a, b, c = units
    for variant in _RELEASES:
        if (variant.modules, variant.units) == (modules, (a, b, c)):
            return variant
    return release_variant(f"mspfn-release-m{modules}n{a}-{b}-{c}", modules, (a, b, c))


def form_named(name: str) -> Variant | None:
    """Returns the authors' graph in another depth, by the name the import gave it."""
    match = re.fullmatch(r"mspfn-release-m(\d+)n(\d+)-(\d+)-(\d+)", name)
    if match is None:
        return None
    modules, *units = map(int, match.groups())
    return release_form(modules, units)


def variant_named(name: str) -> Variant:
    """Returns the variant of that name.

    Raises:
        ModelError: There is none; the message proposes the likeliest.
    """
    try:
        return VARIANTS[name]
    except KeyError:
        raise ModelError(no_network_named(name)) from None


def no_network_named(name: str, *, or_file: bool = False) -> str:
    """Returns the line for a name that no network has; it proposes the likeliest.

    Args:
        name: As it was given.
        or_file: A file with weights or a graph would have done as well.
    """
    near = get_close_matches(name, VARIANTS, n=1)
    file = ", and no .safetensors or .onnx file" if or_file else ""
    meant = f"; did you mean {near[0]}?" if near else ""
    return f"{name}: no network has this name ('derain models' lists them){file}{meant}"
