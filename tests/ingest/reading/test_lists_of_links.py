"""Lists whose items are links: results are read, and what leads to other articles is not."""

import pytest

from tests.ingest.reading.pages import FIRST, SECOND, THIRD, a_page, lines, read


@pytest.mark.parametrize(
    ("items", "written"),
    [
        (
            '<ul><li><a href="/1">Tarn 01</a> 1,204</li><li><a href="/2">Tarn 02</a> 987</li></ul>',
            ["- Tarn 01 1,204", "- Tarn 02 987"],
        ),
        (
            (
                '<ol><li><a href="/1">Tarn 01</a>: <b>61,4</b> %</li>'
                '<li><b><a href="/2">Tarn 02</a></b>: <b>58,3</b> %</li></ol>'
            ),
            ["- Tarn 01: 61,4 %", "- Tarn 02: 58,3 %"],
        ),
        (
            (
                '<ul><li><a href="/1">林田みちる</a> 14,220票</li>'
                '<li><a href="/2">大野辰夫</a> 13,902票</li></ul>'
            ),
            ["- 林田みちる 14,220票", "- 大野辰夫 13,902票"],
        ),
    ],
)
def test_a_list_of_linked_places_or_people_with_figures_is_read(items, written):
    """The extractor takes it for a menu."""
    assert lines(a_page(f"<p>{FIRST}</p>{items}<p>{SECOND}</p><p>{THIRD}</p>"))[1:3] == written


@pytest.mark.parametrize("behind", ["13 comments", "3 min read", ""])
def test_a_list_of_other_articles_is_not_read(behind):
    """Behind each stands how many readers wrote, or how long one reads."""
    titles = ("Mirren elects a mayor", "Ferry stopped again", "Road opens")
    items = "".join(
        f'<li><a href="/{n}">{title}</a> {behind}</li>' for n, title in enumerate(titles)
    )
    page = a_page(f"<p>{FIRST}</p><p>{SECOND}</p><ul>{items}</ul><p>{THIRD}</p>")
    assert read(page).text.split("\n\n") == [FIRST, SECOND, THIRD]
