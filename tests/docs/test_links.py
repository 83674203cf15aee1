import re
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.checkout

PAGES = sorted(
    [*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("model/*/*.md")]
)
LINK = re.compile(r"\]\(([^)\s#]*)(?:#([^)\s]*))?\)")


def anchors_of(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    lost = []
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        place = page.parent / target if target else page
        there = place.exists()
        if there and anchor and place.suffix == ".md":
            there = anchor in anchors_of(place)
        if not there:
            lost.append(f"{target}#{anchor}")

    assert lost == []


def test_every_benchmark_that_a_page_calls_is_there() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for module in re.findall(r"python -m (benchmarks[a-z_.]+[a-z])", text):
            place = PROJECT.joinpath(*module.split("."))
            files = place.with_suffix(".py"), place / "__main__.py"
            assert any(map(Path.is_file, files)), f"{page.name}: {module}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:\w+/)+\w+\.(?:py|cu|toml|sh))`", text))

    named = {name for name in named if "NAME" not in name}  # what the reader writes
    assert [name for name in sorted(named) if not (PROJECT / name).exists()] == []
