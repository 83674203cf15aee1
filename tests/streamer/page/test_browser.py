"""The page as a person sees it, in headless Chromium."""

import re
from dataclasses import replace
from typing import Any

import pytest

from streamer.page.views import StreamView
from tests.streamer.page.conftest import AWAY, LIMIT_MS, WELL, Serve, ServedPage

playwright = pytest.importorskip("playwright.sync_api")
TOKEN = "a-token-of-the-operator"  # noqa: S105 - of these tests
pytestmark = pytest.mark.slow

_PIXEL = """([part]) => {
  const canvas = document.querySelector('[data-stream=gate] canvas');
  const x = Math.round(canvas.width * part), y = Math.round(canvas.height / 4);
  return Array.from(canvas.getContext('2d').getImageData(x, y, 1, 1).data);
}"""


def shown(tab: Any, page: ServedPage) -> Any:
    """Opens the page and waits for the first picture of the stream `gate`."""
    tab.goto(page.url)
    card = tab.locator("[data-stream=gate]")
    card.locator("canvas[data-time]").wait_for()
    return card


def slide(card: Any, to: int) -> None:
    slider = card.locator(".slider")
    slider.evaluate(
        "(s, to) => { s.value = to; s.dispatchEvent(new Event('input')); }", to
    )


def is_red(pixel: list[int]) -> bool:
    return pixel[0] > 150 and pixel[2] < 100


def is_blue(pixel: list[int]) -> bool:
    return pixel[2] > 150 and pixel[0] < 100


def test_the_slider_shows_the_picture_as_it_came_and_as_it_left(
    serve: Serve, tab: Any
) -> None:
    card = shown(tab, serve())

    slide(card, 500)
    assert is_red(tab.evaluate(_PIXEL, [0.1]))
    assert is_blue(tab.evaluate(_PIXEL, [0.9]))
    slide(card, 0)
    assert is_blue(tab.evaluate(_PIXEL, [0.1]))
    slide(card, 1000)
    assert is_red(tab.evaluate(_PIXEL, [0.9]))


def test_the_slider_is_dragged_with_the_mouse(serve: Serve, tab: Any) -> None:
    card = shown(tab, serve())
    box = card.locator(".view").bounding_box()
    middle = box["y"] + box["height"] * 0.75

    tab.mouse.move(box["x"] + box["width"] / 2, middle)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.2, middle, steps=5)
    tab.mouse.up()

    assert int(card.locator(".slider").input_value()) < 300
    assert is_blue(tab.evaluate(_PIXEL, [0.4]))


def test_figures_move_and_a_lost_camera_is_told_and_comes_back(
    serve: Serve, tab: Any
) -> None:
    page = serve()
    card = shown(tab, page)
    playwright.expect(card.locator(".figures")).to_contain_text(
        "12.5 fps", timeout=LIMIT_MS
    )

    page.views["gate"] = StreamView(snapshot=AWAY)
    word = card.locator(".word")
    playwright.expect(word).to_have_text(
        re.compile("^away .no answer"), timeout=LIMIT_MS
    )
    playwright.expect(tab.locator("#summary")).to_have_text(
        "2 streams, 2 not well", timeout=LIMIT_MS
    )
    page.views["gate"] = StreamView(snapshot=replace(WELL, fps_out=25.0))
    playwright.expect(word).to_have_text(re.compile("^streaming"), timeout=LIMIT_MS)
    playwright.expect(card.locator(".figures")).to_contain_text(
        "25.0 fps", timeout=LIMIT_MS
    )


def test_streams_come_and_go_while_somebody_looks(serve: Serve, tab: Any) -> None:
    page = serve()
    shown(tab, page)

    page.views["<b>roof</b>"] = StreamView(snapshot=WELL)
    new = tab.locator(".card h2", has_text="<b>roof</b>")
    new.wait_for()
    del page.views["<b>roof</b>"]
    playwright.expect(new).to_have_count(0, timeout=LIMIT_MS)


def test_a_reloaded_page_shows_pictures_again(serve: Serve, tab: Any) -> None:
    page = serve()
    shown(tab, page)

    tab.reload()

    tab.locator("[data-stream=gate] canvas[data-time]").wait_for()


def test_a_page_that_ends_is_told_and_comes_back_with_the_program(
    serve: Serve, tab: Any
) -> None:
    page = serve()
    shown(tab, page)
    page.close()
    playwright.expect(tab.locator("#summary")).to_have_text(
        "no connection to the program; trying again", timeout=LIMIT_MS
    )

    serve(place=page.address)

    playwright.expect(tab.locator("#summary")).to_have_text(
        re.compile("^2 streams"), timeout=LIMIT_MS
    )


def test_a_stream_that_is_not_well_says_why(serve: Serve, tab: Any) -> None:
    page = serve()
    page.views["gate"] = StreamView(snapshot=replace(WELL, overloaded=True))
    card = shown(tab, page)

    playwright.expect(card.locator(".word")).to_have_text(
        re.compile("^streaming, .*: overloaded$"), timeout=LIMIT_MS
    )


def test_a_token_is_typed_once(serve: Serve, tab: Any) -> None:
    page = serve(token=TOKEN)
    tab.goto(page.url)
    tab.fill("input[name=token]", "not the right one at all")
    tab.click("button")
    tab.locator(".wrong:not([hidden])").wait_for()

    tab.fill("input[name=token]", TOKEN)
    tab.click("button")

    tab.locator("[data-stream=gate] canvas[data-time]").wait_for()
    assert TOKEN not in tab.url


def logged_in(tab: Any, page: ServedPage) -> None:
    tab.goto(page.url)
    tab.fill("input[name=token]", TOKEN)
    tab.click("button")
    tab.locator("[data-stream=gate] canvas[data-time]").wait_for()


def test_a_page_for_looking_only_shows_nothing_that_changes_it(
    serve: Serve, tab: Any
) -> None:
    shown(tab, serve())

    assert not tab.locator(".change:visible").count()


def test_a_stream_is_added_and_removed_by_hand(serve: Serve, tab: Any) -> None:
    page = serve(token=TOKEN, changing=True)
    logged_in(tab, page)
    form, asked = tab.locator("#adding"), tab.locator("#removing")
    added = tab.locator("[data-stream='a roof']")

    tab.click("#add")
    playwright.expect(form.locator(".kept")).to_have_text("This is not kept.")
    form.locator("[name=name]").fill("gate")
    form.locator("[name=source]").fill("rtsp://h/roof")
    form.locator("[name=sink]").fill("null:")
    form.locator(".act").click()
    playwright.expect(form.locator(".wrong")).to_have_text(
        "the request: a stream has the name 'gate' already", timeout=LIMIT_MS
    )
    form.locator("[name=name]").fill("a roof")
    form.locator(".act").click()
    added.wait_for()
    playwright.expect(form).to_be_hidden()
    added.locator(".remove").click()
    playwright.expect(asked.locator("h2")).to_have_text("Remove a roof?")
    asked.locator(".act").click()

    playwright.expect(added).to_have_count(0, timeout=LIMIT_MS)
    playwright.expect(asked).to_be_hidden()
    assert "a roof" not in page.views


def test_a_phone_shows_one_card_beside_nothing(serve: Serve, tab: Any) -> None:
    tab.set_viewport_size({"width": 390, "height": 800})
    shown(tab, serve())

    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
