"""Whoever watches beside the outputs gets pictures, a key frame soon."""

import pytest

from sinks.live.tap import PacketTap
from sinks.packets import Encoded

PICTURE = Encoded(b"picture", 0, key=True)


def test_all_who_watch_get_each_picture_until_they_leave() -> None:
    tap = PacketTap()
    one: list[Encoded] = []
    other: list[Encoded] = []

    with tap.watching(one.append):
        tap.send(PICTURE)
        with tap.watching(other.append):
            tap.send(PICTURE)
        tap.send(PICTURE)
    tap.send(PICTURE)

    assert (len(one), len(other)) == (3, 1)


def test_audio_is_for_the_outputs_alone() -> None:
    tap = PacketTap()
    seen: list[Encoded] = []

    with tap.watching(seen.append):
        tap.send(Encoded(b"tone", 0, key=False, audio=True))

    assert seen == []


def test_a_key_frame_is_wanted_once_for_each_who_came() -> None:
    tap = PacketTap()
    before = tap.key_wanted()

    with tap.watching(lambda _packet: None):
        assert [tap.key_wanted(), tap.key_wanted()] == [True, False]
        with tap.watching(lambda _packet: None):
            assert tap.key_wanted()

    assert not before


def test_an_error_of_the_block_ends_the_watching() -> None:
    tap = PacketTap()
    seen: list[Encoded] = []

    with pytest.raises(ZeroDivisionError), tap.watching(seen.append):
        _ = 1 / 0
    tap.send(PICTURE)

    assert seen == []
