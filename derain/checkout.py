"""In a checkout, makes `derain.model` and `model` one module, as for each package.

The wheel has the packages below `derain/` (`bin/build_hook.py`) and needs none of this.
Loaded with `derain`, so it loads little itself: until then Ctrl-C is a traceback.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType

PACKAGES = ("streamer", "model", "sources", "sinks", "training", "evaluation")
"""What the wheel lays below `derain/`."""


class SameModule:
    """Answers an import of `derain.model.x` with the module `model.x` itself.

    A second copy would have classes of its own: its errors would pass by every
    `except`, its frames would fail every `isinstance`.
    """

    def __init__(self, face: str) -> None:
        """Takes the face's name."""
        self._prefix = f"{face}."
        self._specs: dict[str, ModuleSpec | None] = {}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Claims the packages and all below them; None for any other name."""
        plain = fullname.removeprefix(self._prefix)
        if plain == fullname or plain.partition(".")[0] not in PACKAGES:
            return None
        # The base class of loaders is in `importlib.abc`, which loads `tempfile`.
        return ModuleSpec(fullname, self)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Returns the module under its plain name.

        Raises:
            ImportError: A module of another project stands before ours.
        """
        from pathlib import Path

        root = Path(__file__).parents[1]
        plain = spec.name.removeprefix(self._prefix)
        module = import_module(plain)
        place = Path(module.__file__ or "")
        if not place.is_relative_to(root):
            raise ImportError(
                f"{spec.name} is {plain} of this checkout, {root}, but {place} "
                f"hides it; rename that one, or install derain as a wheel.",
                name=spec.name,
            )
        self._specs[spec.name] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Gives the module the spec of its plain name back; it has run already."""
        taken = module.__spec__
        if taken is not None:
            module.__spec__ = self._specs.pop(taken.name)


def lay_packages_below(face: str) -> None:
    """Lets `from derain.sources import open_source` work in a checkout."""
    sys.meta_path.insert(0, SameModule(face))
