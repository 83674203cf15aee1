from sinks.files.copying.cues import EMPTY, Cue, apart, filled


def cue(begin: int, end: int, text: str) -> Cue:
    return Cue(begin, end, len(text).to_bytes(2, "big") + text.encode())


def shown(cues: list[Cue]) -> list[tuple[int, int, str]]:
    return [(each.start, each.end, each.data[2:].decode()) for each in cues]


def test_cues_that_overlap_stand_together() -> None:
    cues = [cue(0, 10, "a"), cue(4, 6, "b"), cue(8, 12, "c")]

    assert shown(list(apart(iter(cues)))) == [
        (0, 4, "a"),
        (4, 6, "a\nb"),
        (6, 8, "a"),
        (8, 10, "a\nc"),
        (10, 12, "c"),
    ]


def test_cues_of_one_begin_stand_together() -> None:
    cues = [cue(5, 9, "a"), cue(5, 7, "b")]

    assert shown(list(apart(iter(cues)))) == [(5, 7, "a\nb"), (7, 9, "a")]


def test_a_cue_that_comes_out_of_order_or_lasts_no_time_still_comes() -> None:
    cues = [cue(5, 9, "a"), cue(9, 9, "b"), cue(2, 3, "c")]

    texts = shown(list(apart(iter(cues))))

    assert [text for _, _, text in texts] == ["a", "b\nc"]
    assert all(end > begin for begin, end, _ in texts)


def test_gaps_are_filled_with_empty_cues_in_pieces() -> None:
    cues = list(filled(iter([cue(700_000, 700_010, "a")]), begin=0))

    assert [(each.start, each.end, each.data == EMPTY) for each in cues] == [
        (0, 600_000, True),
        (600_000, 700_000, True),
        (700_000, 700_010, False),
        (700_010, 700_011, True),
    ]
