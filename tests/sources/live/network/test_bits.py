"""Units of H.264 and H.265, and the numbers in their heads."""

import pytest

from sources.live.network.bits import Bits, units_of


def test_units_lie_between_start_codes_and_empty_ones_are_none() -> None:
    data = b"junk\0\0\1ab\0\0\1\0\0\1c"

    assert list(units_of(data)) == [b"ab", b"c"]
    assert list(units_of(b"no start code")) == []


def test_bits_are_taken_from_the_highest() -> None:
    bits = Bits(b"\xb4\x01")

    assert [bits.take(1), bits.take(3), bits.take(4), bits.take(8)] == [1, 3, 4, 1]
    with pytest.raises(IndexError, match="past the end"):
        bits.take(1)


def test_bytes_that_prevent_start_codes_are_left_out() -> None:
    assert Bits(b"\0\0\3\1").take(24) == 1


@pytest.mark.parametrize(
    ("code", "number"),
    [("1", 0), ("010", 1), ("011", 2), ("00100", 3), ("00111", 6), ("0001000", 7)],
)
def test_numbers_in_golomb_code_are_those_of_the_standards_table(
    code: str, number: int
) -> None:
    assert Bits(int(code.ljust(8, "1"), 2).to_bytes()).golomb() == number


def test_numbers_are_passed_over() -> None:
    bits = Bits(0b1_010_011_1.to_bytes())  # 0, 1, 2, 0

    bits.skip_golombs(2)

    assert [bits.golomb(), bits.golomb()] == [2, 0]


def test_a_number_without_an_end_is_past_the_end() -> None:
    with pytest.raises(IndexError):
        Bits(b"\0\0").golomb()
