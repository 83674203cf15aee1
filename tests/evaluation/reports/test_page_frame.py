from pathlib import Path

from evaluation.reports.page_frame import problems_html, remarks_html, write_page


def test_a_page_is_one_file_and_takes_names_as_text(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")

    write_page("rain <b> & co", ["<p>one</p>", "<p>two</p>"], path)

    page = path.read_text()
    assert page.startswith("<!doctype html>")
    assert "<title>rain &lt;b&gt; &amp; co</title>" in page
    assert "<p>one</p><p>two</p></body></html>" in page
    assert "<style>" in page
    assert list(tmp_path.iterdir()) == [path]


def test_problems_stand_open_while_they_are_few() -> None:
    assert problems_html([]) == ""
    assert problems_html(["a<b"]) == (
        '<details class="problems" open><summary>1 problem</summary>'
        "<ul><li>a&lt;b</li></ul></details>"
    )
    many = problems_html(["x"] * 21)
    assert many.startswith('<details class="problems"><summary>21 problems</summary>')


def test_remarks_are_a_list_of_texts() -> None:
    assert remarks_html(["a & b", "c"]) == "<ul><li>a &amp; b</li><li>c</li></ul>"
