import pytest

from sources.container.tags import foreign, readable, readable_tags


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("雨天", "gb18030"),
        ("下雨的街道", "gb18030"),
        ("雨天", "big5"),
        ("雨の日", "cp932"),
        ("비오는 날", "euc_kr"),
        ("Дождь", "cp1251"),
        ("Прогулка под дождем", "cp1251"),
        ("Müller", "latin-1"),
        ("Été à la mer", "latin-1"),
        ("Größe café", "latin-1"),
        ("Großvater übt Öffnen      ", "latin-1"),
        ("iPhone: дождь и ветер", "cp1251"),
        ("Straße", "utf-8"),
    ],
)
def test_letters_of_a_country_are_read(text: str, encoding: str) -> None:
    came = text.encode(encoding).decode("utf-8", "surrogateescape")

    assert readable(came) == text


def test_tags_that_are_no_utf_8_are_named() -> None:
    tags = {"title": b"M\xfcll".decode("utf-8", "surrogateescape"), "artist": "Ä"}

    assert foreign(tags) == ["title"]
    assert readable_tags(tags) == {"title": "Müll", "artist": "Ä"}
