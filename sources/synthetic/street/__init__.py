"""A drawn street, to be driven through in any weather: footage that costs nothing."""

from sources.synthetic.street.street import SMALLEST, Street

__all__ = ["SMALLEST", "Street"]
