"""The page as HTML: built as elements, so that no text of an article becomes markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from lxml.html import HtmlElement
from lxml.html import builder as build

from bot.answering.proving.archived import (
    LONGEST_QUOTATION,
    ProvenQuotation,
    Refusal,
    RefusedQuotation,
)
from bot.linking import opening_at
from bot.verify_page.quotations import SeenQuotation
from bot.wording import Wording
from ingest.language.detecting import UNKNOWN_LANGUAGE
from ingest.language.languages import Language
from ingest.model import Header, Summary

STYLE_SHEET = """\
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 44rem; padding: 1rem; }
a:focus-visible, button:focus-visible, input:focus-visible, textarea:focus-visible {
  outline: 3px solid; outline-offset: 2px; }
article { border-block-start: 1px solid; margin-block: 1.5rem; padding-block-start: .5rem; }
blockquote { border-inline-start: .3rem solid; margin-inline: 0; padding-inline-start: 1rem; }
blockquote span { opacity: .8; }
blockquote strong { font-weight: 600; }
label { display: block; font-weight: 600; margin-block-start: 1rem; }
textarea, input { box-sizing: border-box; font: inherit; padding: .4rem; width: 100%; }
button { font: inherit; margin-block-start: 1rem; padding: .5rem 1.5rem; }
code { overflow-wrap: anywhere; }
p, blockquote { overflow-wrap: break-word; }
[role=status] { border: 2px solid; padding: .5rem 1rem; }
.skip:not(:focus) { height: 1px; overflow: hidden; position: absolute; width: 1px; }
"""
_NO_XML = re.compile(
    r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
"""What no document may hold, and what turns the direction of everything behind it."""


@dataclass(frozen=True, slots=True)
class PastedQuotation:
    """What somebody typed into the form, to stand there again."""

    quotation: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Renders each page in the language of *words*."""

    words: Wording

    def home(self, summary: Summary) -> bytes:
        """Show what this is, and the form."""
        held = {"articles": summary.articles, "outlets": len(summary.outlets)}
        when = self.words.time(summary.changed_at) if summary.changed_at else "–"
        kept = self.words("coverage_total", **held, when=when)
        return self._document(
            self.words("verify_title"),
            [_p(self.words("verify_intro")), _p(kept), *self._form(PastedQuotation())],
            home=False,
        )

    def answer(
        self, number: int, found: Sequence[SeenQuotation], as_of: datetime | None = None
    ) -> bytes:
        """Show the quotations of one answer; one *as_of* an earlier moment says so."""
        shown = [self._quotation(each, place) for place, each in enumerate(found, start=1)]
        title = self.words("verify_answer", number=number)
        past = [self.words("as_of_past", as_of=self.words.time(as_of))] if as_of else []
        return self._document(title, [*map(_p, past), *shown, *self._form(PastedQuotation())])

    def proof(
        self,
        asked: PastedQuotation,
        proof: ProvenQuotation | RefusedQuotation,
        seen: SeenQuotation | None,
    ) -> bytes:
        """Show what became of a quotation that somebody pasted."""
        if isinstance(proof, RefusedQuotation):
            said = self._refused(proof)
        else:
            said = [_p(self.words("verify_proven"))]
        status = build.DIV(*said, role="status")
        shown = [self._quotation(seen, 1)] if seen is not None else []
        return self._document(self.words("verify_heading"), [status, *shown, *self._form(asked)])

    def notice(self, said: str) -> bytes:
        """Say one sentence."""
        return self._document(self.words("verify_title"), [build.DIV(_p(said), role="status")])

    def _refused(self, proof: RefusedQuotation) -> list[HtmlElement]:
        """Say why a quotation is not proven, and where it leaves the article."""
        words = self.words
        if proof.why is Refusal.WITHDRAWN:
            why = words(f"removal_{proof.removal}")
            return [_p(words("verify_withdrawn", why=why))]
        said = [_p(words(f"verify_{proof.why}", longest=LONGEST_QUOTATION))]
        if proof.agrees and proof.goes_on:
            said += [
                _p(words("verify_agrees"), " ", build.Q(_plain(proof.agrees))),
                _p(words("verify_goes_on"), " ", build.Q(_plain(proof.goes_on))),
            ]
        return said

    def _quotation(self, seen: SeenQuotation, place: int) -> HtmlElement:
        """Show one quotation between what stands around it, and what became of it."""
        words = self.words
        label = f"quotation-{place}"
        if seen.header is None:
            title = words("article_line", number=seen.article_id, version=seen.version)
            why = words("verify_withdrawn", why=words(f"removal_{seen.removal}"))
            return _article(label, build.H2(f"[{place}] {title}", id=label), _p(why))
        header = seen.header
        spoken = {} if header.language == UNKNOWN_LANGUAGE else {"lang": header.language}
        source = {"cite": header.url} if _is_web(header.url) else {}
        quotation = build.BLOCKQUOTE(
            build.P(
                build.SPAN(_plain(seen.before)),
                build.STRONG(_plain(seen.quotation)),
                build.SPAN(_plain(seen.after)),
                **spoken,
                dir="auto",
            ),
            **source,
        )
        heading = build.H2(f"[{place}] ", self._title(header, seen.quotation), id=label)
        assert seen.read_at is not None
        version = words(
            "verify_version",
            number=seen.article_id,
            version=seen.version,
            newest=seen.newest,
            when=words.time(seen.read_at),
        )
        range_ = words("verify_place", start=seen.start, end=seen.end, digest=seen.digest)
        parts = [_p(words.source(header)), quotation, _p(self._state(seen))]
        parts += [
            _p(words("corrected", note=" ".join(_plain(n).split()))) for n in seen.corrections
        ]
        return _article(label, heading, *parts, _p(version), _p(range_))

    def _title(self, header: Header, quotation: str) -> HtmlElement | str:
        """Name an article, as a link that opens it at the quotation where it has an address."""
        title = build.SPAN(_plain(header.title), dir="auto")
        if not _is_web(header.url):
            return title
        target = opening_at(header.url, quotation) or ""
        return build.A(title, href=_plain(target), rel="noopener noreferrer nofollow")

    def _state(self, seen: SeenQuotation) -> str:
        """Say what became of a quotation since."""
        if seen.removal is not None:
            return self.words("verify_withdrawn", why=self.words(f"removal_{seen.removal}"))
        if seen.current:
            return self.words("verify_current")
        return self.words("verify_former", version=seen.version)

    def _form(self, asked: PastedQuotation) -> list[HtmlElement]:
        """Show the form in which a quotation is pasted."""
        words = self.words
        quotation = build.TEXTAREA(
            f"\n{_plain(asked.quotation)}",  # a browser leaves out the first line break
            id="quotation",
            name="quotation",
            rows="5",
            required="required",
            maxlength=str(LONGEST_QUOTATION),
            dir="auto",
        )
        article = build.INPUT(
            id="article", name="article", type="text", maxlength="2000", value=_plain(asked.article)
        )
        form = build.FORM(
            build.LABEL(words("verify_quotation"), {"for": "quotation"}),
            quotation,
            build.LABEL(words("verify_article"), {"for": "article"}),
            article,
            build.BUTTON(words("verify_button"), type="submit"),
            {"aria-labelledby": "prove"},
            action="/prove",
            method="post",
        )
        return [build.H2(words("verify_heading"), id="prove"), form]

    def _document(self, title: str, parts: Sequence[HtmlElement], *, home: bool = True) -> bytes:
        """Return a whole page."""
        words = self.words
        back = [build.NAV(build.A(words("verify_home"), href="/"))] if home else []
        page = build.HTML(
            build.HEAD(
                build.META(charset="utf-8"),
                build.META(name="viewport", content="width=device-width, initial-scale=1"),
                build.META(name="robots", content="noindex"),
                build.TITLE(f"{title} – Election Desk"),
                build.LINK(rel="stylesheet", href="/style.css"),
            ),
            build.BODY(
                build.HEADER(build.H1(title), *back) if back else build.HEADER(build.H1(title)),
                build.MAIN(*parts),
                build.FOOTER(_p("Election Desk")),
            ),
            lang=str(words.language),
            dir="rtl" if words.language is Language.ARABIC else "ltr",
        )
        written: bytes = etree.tostring(
            page, method="html", encoding="utf-8", doctype="<!DOCTYPE html>"
        )
        return written


def _article(label: str, *parts: HtmlElement) -> HtmlElement:
    """Return an article that its heading names."""
    return build.ARTICLE(*parts, {"aria-labelledby": label})


def _p(*parts: HtmlElement | str) -> HtmlElement:
    """Return a paragraph."""
    return build.P(*parts)


def _plain(text: str) -> str:
    """Return *text* without what no document may hold."""
    return _NO_XML.sub("", text)


def _is_web(url: str | None) -> bool:
    """Return True for an address of the web: nothing else is made a link."""
    return url is not None and url.startswith(("http://", "https://"))
