"""The forms in which the Triton kernels can run a network, by the backend's name.

`triton` is the one that is taken where nobody measured. The others compute the same,
bit for bit; which is faster only a card can say, so where a backend is chosen by
measurement they are measured beside it.
"""

from dataclasses import dataclass
from typing import Literal

Order = Literal["modules", "scales", "lanes"]
"""Of fine modules and scales: `modules` goes through all scales of each module,
`scales` through all modules of each scale, `lanes` module by module with each scale on
a stream of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How the launches of a picture are arranged."""

    order: Order = "modules"
    boxed: bool = False
    """The copy engine brings the windows of a tile."""
    persistent: int = 0
    """On how many of the coarsest scales a module is one launch; 0 to 2."""
    least: tuple[int, int] = (8, 0)
    """Compute capability from which on it is tried."""


_HOPPER = (9, 0)
DEFAULT = "triton"
FORMS = {
    DEFAULT: Form(),
    "triton-scales": Form(order="scales"),
    "triton-lanes": Form(order="lanes"),
    "triton-boxed": Form(boxed=True, least=_HOPPER),
    "triton-boxed-lanes": Form(order="lanes", boxed=True, least=_HOPPER),
    "triton-persistent": Form(persistent=1),
    "triton-persistent-half": Form(persistent=2),
}


def forms_for(capability: tuple[int, int]) -> tuple[str, ...]:
    """Returns the names of the forms that a card of a capability can run."""
    return tuple(name for name, form in FORMS.items() if capability >= form.least)
