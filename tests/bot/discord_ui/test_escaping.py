"""What others wrote, shown as letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_ui.escaping import (
    directed_lines,
    flat,
    link,
    literal,
    phrase,
    safe_address,
    shortened,
    size,
    title,
    without_mentions,
)
from tests.bot.discord_ui.builders import HOSTILE
from tests.bot.discord_ui.reading import seen, tokens_of

ATTACKS = [
    "@everyone and @here",
    "<@123> <@!123> <@&456> <#789>",
    "[x](http://evil.example)",
    "# heading",
    "-# small",
    "> quote",
    ">>> quote",
    "- item",
    "1. item",
    "2026. item",
    "```\ncode\n```",
    "`tick`",
    "||spoiler||",
    "*a* **b** _c_ __d__ ~~e~~",
    ":smile: and <:x:123456789012345678>",
    "https://evil.example/path",
    "<https://evil.example>",
    "<t:0:R> </ask:1>",
    "\\* \\\\ \\",
    "&amp; &#42;",
    HOSTILE,
]
PLAIN = {"inline", "paragraph", "text", "break"}
pieces = st.lists(
    st.one_of(st.sampled_from(ATTACKS), st.text(max_size=12), st.sampled_from("*_`[]()<>@#|~:\\!"))
).map("".join)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("prefix", ["", "> ", "[1] ", "-# "])
def test_an_article_cannot_format_mention_or_link(attack, prefix):
    """Whatever stands in an article is letters to Discord, wherever it is put."""
    kinds = {token["type"] for token in tokens_of(f"{prefix}{literal(attack)}")}
    assert kinds <= PLAIN | {"blockquote", "subtext"}


@given(pieces)
def test_a_reader_sees_the_letters_of_the_source(text):
    """Escaping adds nothing and takes nothing that can be read."""
    assert seen(f"x {literal(text)}") == f"x {flat(text)}".rstrip()


@given(pieces)
def test_a_link_goes_where_we_say_and_nowhere_else(text):
    """A title cannot carry a link of its own, nor break ours."""
    shown = link(text, "https://ledger.example/a", instead="open")
    hrefs = [token["href"] for token in tokens_of(f"x {shown}") if token["type"] == "link_open"]
    assert set(hrefs) <= {"https://ledger.example/a"}


def test_a_bracketed_title_keeps_its_letters_and_its_link():
    """Brackets are common in titles; they stand beside the link rather than in it."""
    shown = link("[Updated] Count begins", "https://ledger.example/a", instead="open")
    assert shown == "\\[Updated\\] Count begins ([open](<https://ledger.example/a>))"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://ledger.example/a",
        "//ledger.example/a",
        "https://",
        "https://ledger.example@evil.example/",
        "https://user:word@evil.example/",
        "https://a b.example/",
        "https://a!b.example/",
        "https://a~b.example/",
        "not a url",
        "http://[::1",
        f"https://ledger.example/{'a' * 600}",
    ],
)
def test_only_plain_web_addresses_are_linked(url):
    """An address that could run, deceive or crowd out the answer is left away."""
    assert safe_address(url) is None
    assert link("Title", url, instead="open") == "Title"


def test_only_what_turns_text_round_is_dropped():
    """The characters before and behind those that change the direction stay."""
    text = "a\u202ab\u202ec\u202fd\u2065e\u2066f\u2069g\u206ah\0i"
    assert flat(text) == "abc\u202fd\u2065efg\u206ahi"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://ledger.example/a(b)>c", "https://ledger.example/a%28b%29%3Ec"),
        ("HTTP://Ledger.example:8080/?q=a b#c", "http://ledger.example:8080/?q=a%20b#c"),
        ("https://a_b-c.0.example/", "https://a_b-c.0.example/"),
        ("https://日報.example/記事", "https://xn--olst23a.example/%E8%A8%98%E4%BA%8B"),
        ("https://ledger.example/%E8%A8%98", "https://ledger.example/%E8%A8%98"),
    ],
)
def test_an_address_cannot_end_its_link_early(url, address):
    """What would close the link is encoded; the address still leads to the same page."""
    assert safe_address(url) == address


def test_right_to_left_names_do_not_turn_the_line():
    """A name in Arabic script is isolated; the words around it stay in their order."""
    assert literal("Votes for سميرة القسطلي rose") == "Votes for \u2068سميرة القسطلي\u2069 rose"
    assert literal("فازت سميرة (2026).") == "\u2068فازت سميرة (2026).\u2069"
    assert phrase("سميرة القسطلي, in May") == "\u2068سميرة القسطلي\u2069, in May"


@pytest.mark.parametrize(
    ("line", "turned"),
    [
        ("Nothing on this in the coverage.", "Nothing on this in the coverage."),
        ("لا شيء عن هذا.", "⁧لا شيء عن هذا.⁩"),
        ("**تقول التغطية**", "**⁧تقول التغطية⁩**"),
        ("- الوسيلة: The Ledger", "- ⁧الوسيلة: The Ledger⁩"),
        ("-# ابدأ عبر /add-source هنا.", "-# ⁧ابدأ عبر ⁨/add-source⁩ هنا.⁩"),
        ("عبر /follow: هنا، و/following.", "⁧عبر ⁨/follow⁩: هنا، و⁨/following⁩.⁩"),
        ("> The Ledger · 13 أكتوبر", "> The Ledger · 13 أكتوبر"),
        ("⁨نادية⁩ asks", "⁨نادية⁩ asks"),
        ("حتى **Who won?**", "⁧حتى **⁨Who won?⁩⁩**"),
        ("حتى **Who won?** هنا", "⁧حتى **⁨Who won?⁩** هنا⁩"),
        ("([افتح](<https://a.example/feed>))", "⁧([افتح](<https://a.example/feed>))⁩"),
    ],
)
def test_a_line_that_begins_in_arabic_runs_from_right_to_left(line, turned):
    """Its full stop stands at its end; names and commands in it, and other lines, keep theirs."""
    assert directed_lines(line) == turned


@given(st.text())
def test_direction_changes_no_letter(text):
    """What is laid out differently reads the same."""
    added = str.maketrans("", "", "\u2067\u2068\u2069")
    assert directed_lines(text).translate(added) == text.translate(added)


def test_direction_overrides_are_dropped():
    """An invisible override could make a quotation read backwards."""
    assert literal("safe\u202eelpmaxe\u2069") == "safeelpmaxe"


def test_what_fits_is_not_cut():
    """Only what is cut is said to be cut."""
    assert shortened("A short one.", 12) is None


@given(st.text(min_size=2), st.integers(1, 40))
def test_a_cut_is_a_beginning_of_the_text(text, longest):
    """Cut text is still the source's words, from its first letter."""
    part = shortened(text, longest)
    assert part is None or (flat(text).startswith(part) and len(part) <= longest)


def test_a_cut_falls_between_words_and_never_inside_a_character():
    """Half a word is not a quotation, and half an emoji is a box."""
    assert shortened("The harbour council spoke", 16) == "The harbour"
    assert shortened("ab👩\u200d🚀cd", 4) == "ab"


def test_a_shortened_title_shows_that_it_is():
    """A title is no quotation, so its mark may stand inside."""
    assert title("The harbour council spoke", 16) == "The harbour…"


def test_size_never_counts_less_than_discord():
    """Discord may count an emoji as two."""
    assert size("a🗳") == 3


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("<@123> who won?", "who won?"),
        ("<@!123> <@&45>  who won?", "who won?"),
        ("who won in <#7>?", "who won in  ?"),
        ("<:vote:991> <a:party_blob:12> who won?", "who won?"),
        ("who won at <t:1793000000:R>", "who won at"),
        ("@everyone who won? @here", "who won?"),
        ("</ask:99> <id:browse>", ""),
        ("I <3 <b> 5 < 6 > 4 a@here.example <https://a.example> :vote: @ everyone", None),
    ],
)
def test_what_discord_shows_in_its_place_is_no_word(typed, words):
    """Mentions, emoji of a server and times; other signs are as they were typed."""
    assert without_mentions(typed) == (typed if words is None else words)
