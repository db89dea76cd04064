"""What readers write is no coverage, however it is marked up."""

import json

import pytest

from tests.ingest.reading.pages import FIRST, JAPANESE, SECOND, STORY, THIRD, a_page, lines, read

LIE = "Everybody on the quay knows that Farr was paid by the ferry company, and nobody prints it."
WHO = ("harbour_fan", "Quiet Reader", "user1988", "Marit")
LIE_JA = "町長は海運会社から金を受け取っていると、港の人はみな知っている。"


def boxes(tag="div", name="b", kind="post", more="", lie=LIE):
    """Write comments in a row."""
    return "".join(
        f'<{tag} class="{kind}"><{name}>{who}</{name}>{more}<p>{n}. {lie}</p></{tag}>'
        for n, who in enumerate(WHO)
    )


MARKUPS = {
    "id": f'<div id="reader-comments">{boxes()}</div>',
    "german": f'<section class="leserkommentare"><h3>Was Leser sagen</h3>{boxes()}</section>',
    "spanish": f'<ul class="comentarios">{boxes("li", "strong")}</ul>',
    "service": f'<div id="disqus_thread">{boxes()}</div>',
    "label": f'<section aria-label="Comments">{boxes("article", "cite", "")}</section>',
    "heading": f"<section><h2>{len(WHO)} replies</h2>{boxes(kind='x1')}</section>",
    "discussion": f"<div><h3>Join the discussion</h3>{boxes('li', 'span', 'x2')}</div>",
    "controls": "<div class='zz'>"
    + boxes(kind="q", more="<time>2 hours ago</time>").replace("</p>", "</p><a>Reply</a>")
    + "</div>",
    "schema": "".join(
        f'<div itemscope itemtype="https://schema.org/Comment"><span>{who}</span><p>{LIE}</p></div>'
        for who in WHO
    ),
    "nested": f'<div class="wrap"><div class="user-responses">{boxes("div", "h4")}</div></div>',
    "table": '<table class="comments">'
    + "".join(f"<tr><td>{who}</td><td>{LIE}</td></tr>" for who in WHO)
    + "</table>",
    "paragraphs": "<h3>Comments (4)</h3>" + "".join(f"<p><b>{w}:</b> {LIE}</p>" for w in WHO),
    "responses": f"<div class='k'><h4>Reader responses</h4><ol>{boxes('li', 'b', 'r')}</ol></div>",
}


@pytest.mark.parametrize("markup", MARKUPS.values(), ids=MARKUPS)
def test_no_comment_is_kept(markup):
    """And nothing of the article goes with them."""
    assert lines(a_page(STORY + markup)) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "markup",
    [
        f"<section class='c'><h3>コメント（4件）</h3>{boxes(lie=LIE_JA)}</section>",
        f"<div id='みんなのコメント' class='comment-list'>{boxes('li', lie=LIE_JA)}</div>",
        f"<div class='v'><h4>読者の声</h4>{boxes('div', 'span', 'u', lie=LIE_JA)}</div>",
    ],
)
def test_no_japanese_comment_is_kept(markup):
    """As in any language."""
    assert "海運会社" not in read(a_page(JAPANESE + markup, lang="ja")).text


def test_comments_that_the_data_declare_are_dropped_wherever_they_stand():
    """Even where nothing in the page's markup tells."""
    data = {
        "@type": "NewsArticle",
        "headline": "Holm counted by two",
        "comment": [{"@type": "Comment", "text": LIE}],
    }
    head = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    assert lines(a_page(f"{STORY}<p>{LIE}</p>", head=head)) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "body",
    [
        f'<div class="comment opinion">{STORY}</div>',
        f'<div class="article-body commentary">{STORY}</div>',
        f'<div class="reactions">{STORY}</div>',
        STORY
        + "".join(
            f"<div class='who'><h3>{n}</h3><p>{t}</p></div>"
            for n, t in (
                ("Odile Farr", "A harbour pilot of 52, she has led the council since 2022."),
                ("Ben Quist", "A teacher of 39, he speaks for Common Field on schools."),
            )
        ),
        STORY
        + "<section>"
        + "".join(
            f'<div class="entry"><p>{clock}</p><p>{t}</p></div>'
            for clock, t in (
                ("10.45pm", "The last boxes of the island were opened."),
                ("9pm", "The polling stations of the island have closed."),
            )
        )
        + "</section>",
    ],
)
def test_what_only_looks_like_comments_stays(body):
    """An opinion piece, candidates with what they are, and entries below their time."""
    found = lines(a_page(body))
    assert found[:3] == [FIRST, SECOND, THIRD]
    assert "10.45pm" not in body or "The last boxes of the island were opened." in found
    assert "who" not in body or "A teacher of 39, he speaks for Common Field on schools." in found
