"""How many numbers a network of the family trains, counted from its form alone.

Building a network to count them loads PyTorch: a second and more for a table.
"""

from model.mspfn.variant import Variant

_SQUEEZE = 4
"""As `SQUEEZE` of the attention, which loads PyTorch."""


def parameters_of(variant: Variant) -> int:
    """Returns the number of trained numbers, the full Conv-LSTM's included."""
    if variant.fusion == "outputs":
        scales = range(variant.scales)
        return sum(_progressive(variant.level(scale)) for scale in scales)
    return _progressive(variant)


def _progressive(variant: Variant) -> int:
    width, scales = variant.width, variant.scales
    climb = scales * (scales - 1) // 2 * _layer(width, width)
    modules = variant.modules * (climb + sum(_block(variant, n) for n in variant.units))
    initial = scales * _layer(variant.looks_at, width)
    return initial + _coarse(variant, climb) + modules + _reconstruction(variant)


def _layer(inputs: int, outputs: int) -> int:
    """A 3x3 convolution without bias, strided, transposed or neither, and PReLU."""
    return 9 * inputs * outputs + outputs


def _coarse(variant: Variant, climb: int) -> int:
    if not variant.recurrent:
        return 0
    units = zip(variant.recurrent_inputs, variant.recurrent, strict=True)
    return climb + sum(_recurrent(variant.width, *unit) for unit in units)


def _recurrent(width: int, inputs: int, state: int) -> int:
    gates = 9 * (inputs + state) * 4 * state + 4 * state
    return _layer(width, inputs) + gates + _layer(state, width)


def _block(variant: Variant, units: int) -> int:
    width = variant.width
    sampling = _layer(width, width) + _layer(2 * width, width)
    return variant.strides * sampling + units * _attention(width)


def _attention(width: int) -> int:
    less = width // _SQUEEZE
    convolutions = 2 * (9 * width * width + width) + width
    return convolutions + (width * less + less) + less + (less * width + width)


def _reconstruction(variant: Variant) -> int:
    width, top = variant.width, variant.scales - 1
    joins = variant.scales * _layer(2 * width, width)
    ups = (_layer(width * (1 if n == top else 2), width) for n in range(1, top + 1))
    head = _layer(width if top == 0 else 2 * width, variant.head)
    last = 9 * 3 * variant.unshuffle**2 * variant.head
    return joins + sum(ups) + head + last * (2 if variant.sees_last else 1)
