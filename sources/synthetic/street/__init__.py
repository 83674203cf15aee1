"""A drawn street, to be driven through in any weather: footage that costs nothing.

`street` is the whole: `scene` places everything, `view` sees it. Drawn by `ground`,
`houses`, `windows`, `cars`, `things` and `lights`, covered by `texture`; heard by
`audio`.
"""

from sources.synthetic.street.street import SMALLEST, Street

__all__ = ["SMALLEST", "Street"]
