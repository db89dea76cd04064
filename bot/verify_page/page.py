"""The page of a stored answer: its quotations as they stand in the archive, as HTML."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from lxml.html import HtmlElement
from lxml.html import builder as build

from bot.answering.limits import PROOFS
from bot.answering.proving.archived import ProvenQuotation, Refusal, RefusedQuotation
from bot.community.members import QuotationShown
from bot.ledger import Ledger
from bot.ledger.records import CitedRange
from bot.outcomes import opening_at
from bot.verify_page.limits import VERIFY_PAGE
from bot.wording import Wording, paragraph
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.fetching.identities import WEB_SCHEMES
from ingest.language.languages import Language
from ingest.language.script import UNKNOWN_LANGUAGE
from ingest.model import Header, Removal, Summary, Version

_HIDING_REMOVALS = frozenset({Removal.REMOVED, Removal.HIDDEN, Removal.QUARANTINED, Removal.ERASED})
"""Removals after which an article's text is not shown."""
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
_FORBIDDEN_CHARACTERS = re.compile(
    r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]"
)
"""Characters that HTML forbids, and those that change the direction of later text."""


@dataclass(frozen=True, slots=True)
class SeenQuotation:
    """A citation, with its text, its version and the newest one unless the text is not shown.

    Without ``shown`` and ``removal`` it is of an article that one server added for itself.
    """

    cited: CitedRange
    removal: Removal | None = None
    shown: tuple[QuotationShown, Version, Version] | None = None


def quotations_of(
    number: int, archive: Archive, ledger: Ledger, *, has_key: bool
) -> list[SeenQuotation]:
    """Return the quotations of an answer, each once; empty if there is no such answer.

    Without the key of the answer's address, none of an article that one server added is shown.
    """
    citations = list(dict.fromkeys(ledger.answers.cited(number)))
    return [
        _quotation_of(citation, archive, shows_servers_own=has_key)
        for citation in citations[: VERIFY_PAGE.quotations]
    ]


def proven_in_context(proof: ProvenQuotation, archive: Archive) -> SeenQuotation:
    """Return a proven quotation with the text around it."""
    return _quotation_of(
        CitedRange(proof.article_id, proof.version, proof.start, proof.end), archive
    )


def _quotation_of(
    citation: CitedRange, archive: Archive, *, shows_servers_own: bool = False
) -> SeenQuotation:
    """Return the quotation of a citation in its version."""
    erased = SeenQuotation(citation, Removal.ERASED)
    try:
        article = archive.articles.get(citation.article_id)
        versions = archive.articles.versions(citation.article_id)
    except ArticleNotFoundError:
        return erased
    if article.place and not shows_servers_own:
        return SeenQuotation(citation)
    if article.removal in _HIDING_REMOVALS:
        return SeenQuotation(citation, article.removal)
    version = citation.version_in(versions)
    quotation = QuotationShown.of(citation, article, versions)
    if version is None or quotation is None:
        return erased
    return SeenQuotation(citation, article.removal, (quotation, version, versions[-1]))


@dataclass(frozen=True, slots=True)
class PastedQuotation:
    """Contents of the form's fields, to be shown again."""

    quotation: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Renderer of all pages in the language of *words*."""

    words: Wording

    def home(self, summary: Summary) -> bytes:
        """Return the start page with the form."""
        outlet_count = self.words("coverage_outlets", count=len(summary.outlets))
        lines = [self.words("coverage_total", count=summary.articles, outlets=outlet_count)]
        if summary.changed_at:
            when = self.words.time(summary.changed_at)
            lines.append(self.words("coverage_changed", when=when))
        return self._document(
            self.words("verify_title"),
            [_p(self.words("verify_intro")), _p(paragraph(lines)), *self._form(PastedQuotation())],
            home=False,
        )

    def answer(
        self, answer_id: int, quotations: Sequence[SeenQuotation], as_of: datetime | None = None
    ) -> bytes:
        """Return the page of an answer's quotations; *as_of* is its past moment, if any."""
        articles = [
            self._quotation(quotation, number)
            for number, quotation in enumerate(quotations, start=1)
        ]
        title = self.words("verify_answer", number=answer_id)
        past_lines = [self.words("as_of_past", as_of=self.words.time(as_of))] if as_of else []
        return self._document(
            title, [*map(_p, past_lines), *articles, *self._form(PastedQuotation())]
        )

    def proof(
        self,
        form_values: PastedQuotation,
        proof: ProvenQuotation | RefusedQuotation,
        quotation: SeenQuotation | None,
    ) -> bytes:
        """Return the page with the result of proving a pasted quotation."""
        if isinstance(proof, RefusedQuotation):
            message = self._refusal(proof)
        else:
            message = [_p(self.words("verify_proven"))]
        status = build.DIV(*message, role="status")
        articles = [self._quotation(quotation, 1)] if quotation is not None else []
        return self._document(
            self.words("verify_heading"), [status, *articles, *self._form(form_values)]
        )

    def notice(self, message: str) -> bytes:
        """Return a page with one sentence."""
        return self._document(self.words("verify_title"), [build.DIV(_p(message), role="status")])

    def _refusal(self, proof: RefusedQuotation) -> list[HtmlElement]:
        """Explain why a quotation is not proven, and where it differs from the article."""
        words = self.words
        if proof.why is Refusal.WITHDRAWN:
            return [_p(self._withdrawn(proof.removal))]
        paragraphs = [_p(words(f"verify_{proof.why}", longest=PROOFS.quotation_characters))]
        if proof.agrees and proof.continuation:
            paragraphs += [
                _p(words("verify_agrees"), " ", build.Q(_plain(proof.agrees))),
                _p(words("verify_goes_on"), " ", build.Q(_plain(proof.continuation))),
            ]
        elif proof.why is Refusal.ALTERED:
            paragraphs.append(_p(words("verify_differs")))
        return paragraphs

    def _quotation(self, quotation: SeenQuotation, number: int) -> HtmlElement:
        """Return a quotation as an element, with the text around it and its state."""
        words, cited = self.words, quotation.cited
        label = f"quotation-{number}"
        if quotation.shown is None:
            title = words("article_line", number=cited.article_id, version=cited.version)
            return _article(
                label,
                build.H2(f"[{number}] {title}", id=label),
                _p(self._withdrawn(quotation.removal) or words("verify_servers_own")),
            )
        shown, version, newest = quotation.shown
        header = shown.header
        language_attribute = (
            {} if header.language == UNKNOWN_LANGUAGE else {"lang": header.language}
        )
        source = {"cite": header.url} if _is_web(header.url) else {}
        blockquote = build.BLOCKQUOTE(
            build.P(
                build.SPAN(_plain(shown.before)),
                build.STRONG(_plain(shown.quote)),
                build.SPAN(_plain(shown.after)),
                **language_attribute,
                dir="auto",
            ),
            **source,
        )
        heading = build.H2(f"[{number}] ", self._title(header, shown.quote), id=label)
        version_line = words(
            "verify_version",
            number=cited.article_id,
            version=version.number,
            newest=newest.number,
            when=words.time(version.read_at),
        )
        digest = hashlib.sha256(version.extract.text.encode()).hexdigest()
        range_ = words("verify_place", start=cited.start_at, end=cited.end_at, digest=digest)
        notes = dict.fromkeys((*version.extract.corrections, *newest.extract.corrections))
        parts = [_p(words.source(header)), blockquote, _p(self._state(quotation, shown))]
        parts += [_p(words("corrected", note=" ".join(_plain(note).split()))) for note in notes]
        return _article(label, heading, *parts, _p(version_line), _p(range_))

    def _title(self, header: Header, quotation: str) -> HtmlElement | str:
        """Return an article's title, as a link to the quotation if the article has an address."""
        title = build.SPAN(_plain(header.title), dir="auto")
        if not _is_web(header.url):
            return title
        target = opening_at(header.url, quotation) or ""
        return build.A(title, href=_plain(target), rel="noopener noreferrer nofollow")

    def _state(self, quotation: SeenQuotation, shown: QuotationShown) -> str:
        """Return a sentence on the present state of a quotation."""
        if withdrawn := self._withdrawn(quotation.removal):
            return withdrawn
        if shown.current:
            return self.words("verify_current")
        return self.words("verify_former", version=quotation.cited.version)

    def _withdrawn(self, removal: Removal | None) -> str:
        """Return a sentence on why an article is not cited any more; empty if it is cited."""
        if removal is None:
            return ""
        return self.words("verify_withdrawn", why=self.words(f"removal_{removal}"))

    def _form(self, form_values: PastedQuotation) -> list[HtmlElement]:
        """Return the form for a quotation."""
        words = self.words
        quotation = build.TEXTAREA(
            f"\n{_plain(form_values.quotation)}",  # a browser leaves out the first line break
            id="quotation",
            name="quotation",
            rows="5",
            required="required",
            maxlength=str(PROOFS.quotation_characters),
            dir="auto",
        )
        article = build.INPUT(
            id="article",
            name="article",
            type="text",
            maxlength="2000",
            value=_plain(form_values.article),
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
        """Return a whole page as bytes."""
        words = self.words
        navigation = [build.NAV(build.A(words("verify_home"), href="/"))] if home else []
        page = build.HTML(
            build.HEAD(
                build.META(charset="utf-8"),
                build.META(name="viewport", content="width=device-width, initial-scale=1"),
                build.META(name="robots", content="noindex"),
                build.TITLE(f"{title} – Election Desk"),
                build.LINK(rel="stylesheet", href="/style.css"),
            ),
            build.BODY(
                build.HEADER(build.H1(title), *navigation)
                if navigation
                else build.HEADER(build.H1(title)),
                build.MAIN(*parts),
                build.FOOTER(_p("Election Desk")),
            ),
            lang=str(words.language),
            dir="rtl" if words.language is Language.ARABIC else "ltr",
        )
        html: bytes = etree.tostring(
            page, method="html", encoding="utf-8", doctype="<!DOCTYPE html>"
        )
        return html


def _article(label: str, *parts: HtmlElement) -> HtmlElement:
    """Return an article element, labelled by its heading."""
    return build.ARTICLE(*parts, {"aria-labelledby": label})


def _p(*parts: HtmlElement | str) -> HtmlElement:
    """Return a paragraph element."""
    return build.P(*parts)


def _plain(text: str) -> str:
    """Return *text* without forbidden characters."""
    return _FORBIDDEN_CHARACTERS.sub("", text)


def _is_web(url: str | None) -> bool:
    """Return True if *url* is an HTTP address; others do not become links."""
    return url is not None and url.startswith(WEB_SCHEMES)
