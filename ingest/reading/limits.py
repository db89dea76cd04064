"""The limits of reading: of a file, of a page, of the text around an article, of layout and tables.

Each subject is one object. A test that needs another limit replaces the object in the module that
reads it: ``monkeypatch.setattr(calendars, "FILES", replace(FILES, calendar_events=3))``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class _FileLimits:
    """What is read of one file at most: beyond it the file is refused, or its rest left out."""

    document_bytes: int = 50 * 2**20
    """The largest document; each parser limits its text further."""
    article_bytes: int = 5 * 2**20
    """The largest article; JSON Lines files may be any size."""
    line_chunk_bytes: int = 2**20
    """Lines that are read at once from a file of any size."""
    compared_articles: int = 5_000
    """Articles of one file that are remembered, to notice two with one address."""
    package_part_bytes: int = 20 * 2**20
    """What a part of a package may unpack to; the text in it has its own limit."""
    package_parts: int = 5000
    pdf_pages: int = 100
    pdf_unpacked_mb: int = 32
    """What one part of a PDF may unpack to; pictures are never unpacked."""
    book_chapters: int = 300
    calendar_events: int = 5_000
    event_description_characters: int = 1_000
    caption_cues: int = 50_000
    caption_field_characters: int = 200
    """The longest title or language in the header of captions."""
    mail_parts: int = 500
    mail_header_characters: int = 8_000
    """The standard library takes seconds for a long header."""
    forwarded_head_lines: int = 60
    """Lines of a mail that are searched for the header of a forwarded one."""
    markdown_html_blocks: int = 1000
    """Each takes about two milliseconds; a file with more of them is a page."""
    rtf_nested_groups: int = 1000
    """A file with more counts as broken."""
    listing_pages: int = 5000
    """Pages taken from one listing; of a longer one the newest."""
    listing_sitemaps: int = 50
    """Sitemaps taken from one index; of a longer one the newest."""
    shortcut_characters: int = 2000
    """The longest address in a shortcut that is told."""
    named_feeds: int = 20
    """Feeds, or addresses, of a list that the message names."""
    snapshot_bytes: int = 2 * 2**20
    """The largest snapshot that is stored."""
    snapshot_unpacked_bytes: int = 32 * 2**20


@dataclass(frozen=True, slots=True)
class _DetectionLimits:
    """From where on the kind, the encoding and the language of a document count as known."""

    file_head_bytes: int = 64 * 1024
    """The start of a file by which its kind is recognised before all of it is read."""
    signature_bytes: int = 4096
    """The start of a document that is searched for the signature of its kind."""
    tag_characters: int = 2000
    """The start of a fetched document that is searched for a tag."""
    encoding_bytes: int = 20_000
    """The start that is examined if no encoding is declared."""
    ascii_per_other_byte: int = 2
    """ASCII letters per byte beyond ASCII from which a text counts as written in Latin letters."""
    valid_per_invalid_byte: int = 10
    """Valid UTF-8 characters beyond ASCII per invalid byte from which a text counts as UTF-8."""
    nuls: int = 4
    """NUL bytes on one side of the pairs from which bytes without a mark are UTF-16."""
    nul_share: float = 1 / 50
    """Share of NUL bytes on that side; texts in other encodings have none, damaged ones on both."""
    latin_nul_share: float = 1 / 4
    """Share of NUL bytes on that side of Latin letters; damaged UTF-8 has fewer."""
    wrong_letters: int = 3
    """Capitals behind small letters from which a Western text is not in Windows' encoding."""
    table_language_probability: float = 0.8
    """Probability from which the language of a table is known."""
    delimiter_characters: int = 16_384
    """The start of a file of results from which its delimiter is detected."""


@dataclass(frozen=True, slots=True)
class _PageLimits:
    """What a web page has to show to be read as an article, and how far it is searched."""

    blocks: int = 40_000
    """Paragraphs and similar blocks of the longest page that is read. Extraction takes a fifth of a
    millisecond per block, so a page with far more of them would run into the time limit."""
    article_characters: int = 40
    """A shorter text does not count as an article."""
    title_characters: int = 120
    """The longest title made of a first line."""
    preview_characters: int = 1500
    """A shorter page behind a paywall shows only its beginning."""
    precise_characters: int = 1000
    """Of a shorter text the precise extraction may have lost the article."""
    recall_factor: int = 4
    """Times as much text the extraction by recall must find to replace the precise one."""
    item_article_characters: int = 200
    """Content of a feed's item that is at least as long is the whole article."""
    item_call_characters: int = 40
    """The longest call to read on behind an item that breaks off."""
    east_asian_body_characters: int = 80
    """The shortest whole article in the data of a page in Chinese, Japanese or Korean."""
    post_characters: int = 40
    """The shortest post: the content of an item without a title is complete."""
    slug_characters: int = 8
    """The last part of a path identifies one article if it is at least as long."""
    redirect_head_bytes: int = 8192
    """The start of a page that is searched for a redirect."""
    redirect_seconds: int = 10
    """The longest delay of a redirect that is followed."""
    redirects: int = 3
    """Redirects of pages that are followed in a row."""
    hidden_article_share: float = 0.5
    """Share of a page's paragraph text above which a hidden box is its article."""
    quotations: int = 50
    """Quotations set apart that are looked for in the text."""
    quotation_letters: int = 12
    """The shortest of them: a heading or a name has fewer letters."""
    glued_letters: int = 3
    """Letters from which a word beside a figure is none of its units or endings ("2nd", "5k")."""
    labelled_figure_characters: int = 120
    """The longest box with a label and its figure."""
    live_entries: int = 3
    """Entries that a page must show to count as a live page."""
    time_line_characters: int = 12
    """The longest line that holds only a time."""


@dataclass(frozen=True, slots=True)
class _StyleLimits:
    """How far a page's style sheets, and pictures of letters, are looked through."""

    style_characters: int = 200_000
    """Characters of a page's own style sheets that are read."""
    class_style_characters: int = 1_000
    """The declarations for one class or id, which are looked through for each element of it."""
    class_rules: int = 10
    """Rules of style sheets for one class or id, by what else they ask for."""
    selector_names: int = 20
    """Elements, classes and ids that such a rule asks for; it is looked up for each element."""
    element_classes: int = 20
    """Classes of one element whose declarations are read."""
    pictures: int = 500
    """Pictures that may be letters or figures; each makes a piece of the text that it stands in."""


@dataclass(frozen=True, slots=True)
class _DeclarationLimits:
    """When a page's declarations, its standfirst and its questions are believed."""

    title_overlap: float = 0.6
    """Share of common words, of the shorter title, from which two titles are of one article."""
    first_year: int = 1994
    """The first year accepted as a date of publication: no newspaper was on the web before."""
    date_ahead: timedelta = timedelta(days=1)
    """Time that a date may be after the time of reading, because clocks and zones differ."""
    standfirst_min_characters: int = 40
    standfirst_characters: int = 700
    standfirst_blocks: int = 200
    """Blocks behind the heading that are searched for the first paragraph of the body."""
    byline_blocks: int = 12
    """Blocks behind the heading that are searched for a byline and a date."""
    first_paragraph_characters: int = 60
    """The shortest block of the body that counts as its first paragraph."""
    description_share: float = 0.6
    """Share of the longer text that a shown and a declared description have in common."""
    linked_share: float = 0.5
    """Share of linked characters from which a block is a link and not a standfirst."""
    claims: int = 20
    """Claims of others that one page reviews."""
    claim_box_levels: int = 3
    """Boxes around a claim that are searched for its verdict."""
    question_characters: int = 250
    """The longest question of an interview or a list of questions."""
    inline_answer_characters: int = 400
    """The longest answer that is written on one line with its question."""


@dataclass(frozen=True, slots=True)
class _AsideLimits:
    """How large what stands around an article is: boxes, comments, teasers, notices and labels."""

    box_characters: int = 2000
    """The largest box that can be boilerplate."""
    box_article_share: float = 0.25
    """Share of the page's paragraph text from which a box may be the article."""
    box_top_elements: int = 4
    """Elements at the top of a box that are searched for its heading, counting the box itself."""
    commenter_characters: int = 40
    """The longest name of a commenter."""
    comments_heading_characters: int = 60
    """The longest heading of comments."""
    comment_characters: int = 20
    """The shortest comment."""
    comments: int = 2
    """Comments from which a box is recognised by its structure."""
    teasers: int = 4
    """Teasers that a page must have to count as a list of them."""
    teaser_share: float = 0.8
    """Share of the page's text that must be inside teasers."""
    beside_teasers_characters: int = 250
    """Paragraphs outside teasers from which a page with a heading is an article."""
    beside_teasers_paragraph_characters: int = 40
    """The shortest paragraph that is counted for it."""
    notice_characters: int = 2500
    """The longest notice; a longer page is read as an article."""
    notice_share: float = 0.5
    """Share of a text that must match; an article about cookies has other sentences as well."""
    label_characters: int = 100
    """The longest label, as of a paid article."""
    label_lines: int = 4
    """Lines above and below the heading that are searched for a label."""
    labelled_paragraph_characters: int = 80
    """The shortest paragraph that belongs to the article; labels below it are ignored."""
    last_lines: int = 4
    """Lines at the end that are searched for notes on the authors and for offers."""
    standfirst_lines: int = 2
    """Lines between the title and a byline."""
    linked_name_characters: int = 40
    """The longest name that is a link in a sentence."""
    offer_characters: int = 300
    pasted_line_characters: int = 160
    """The longest line of a paste that can be boilerplate."""
    editors_note_characters: int = 600
    withdrawal_first_lines: int = 2
    """Lines at the head of an article among which a notice withdraws it."""
    withdrawal_last_lines: int = 3
    mail_address_line_characters: int = 200
    """The longest line that is removed with its address, as a note of the recipient."""


@dataclass(frozen=True, slots=True)
class _MenuLimits:
    """What can be the menu of a page that somebody copied whole."""

    lines: int = 3
    """Short lines from which they can be a menu."""
    line_characters: int = 25
    """The longest entry of a menu."""
    head_lines: int = 4
    """Lines from a headline on of which one has to be a byline or a date below a menu."""


@dataclass(frozen=True, slots=True)
class _LayoutLimits:
    """How lines on paper, on a screen and in wrapped text become paragraphs.

    Heights, widths and distances are in those of the letters and lines around, but for a PDF's own.
    """

    pdf_letter_gap_points: int = 2
    """The largest distance of two letters of one word."""
    column_gap_heights: float = 1.2
    """White space, in letter heights, from which it separates columns and not words."""
    leading_ratio: float = 1.5
    """Distance of two lines, in usual distances, from which a new paragraph begins."""
    heading_ratio: float = 1.15
    """Ratio of letter heights from which the taller line is a heading."""
    indent_heights: float = 1.0
    """Indent of the first line of a paragraph, in letter heights."""
    edge_lines: int = 2
    """Lines at the top and bottom of a page that can be a running header or a page number."""
    table_lines: int = 3
    """Lines of several pieces from which they form a table without rules."""
    table_cell_characters: int = 30
    """Average characters of a cell in such a table, at most."""
    table_caption_characters: int = 80
    """The longest line above a printed table that counts as its caption."""
    last_word_characters: int = 80
    """The end of a line that is searched for its last word."""
    compound_part_letters: int = 4
    """Letters from which both halves of a divided word can be those of a compound with a hyphen."""
    wrapped_share: float = 0.7
    """Share of lines without room for the next word from which a block counts as wrapped."""
    item_characters: int = 25
    """Two shorter lines behind each other are items of a list."""
    kinsoku_characters: int = 3
    """What may be missing in a Japanese line, because some signs may not begin a line."""
    shifted_size: float = 0.8
    """Size of a raised or lowered letter, in sizes of the letter before it, at most."""
    initial_size: float = 2.0
    """Size of an initial that several lines stand beside, in sizes of their letters, at least."""
    shift_height: float = 0.15
    """Height by which it is off the line, in sizes of that letter."""
    shifted_gap: float = 0.4
    """Distance between the two, in sizes of that letter, at most."""
    price_digits: int = 3
    """Digits of a price before raised cents, at most: behind more, the sign is that of a note."""
    power_exponent: int = 3
    """Smallest exponent of ten: “10” with a smaller raised figure is a figure with a note mark."""
    narrow_characters: int = 30
    """Smallest width of wrapped text."""
    wide_characters: int = 110
    """Largest width of wrapped text."""
    narrow_cjk_characters: int = 8
    wide_cjk_characters: int = 60


@dataclass(frozen=True, slots=True)
class _CaptionLimits:
    """Where the text of one speaker in captions is split."""

    spoken_characters: int = 280
    """It is split at the next end of a sentence from this length on."""
    spoken_most_characters: int = 420
    """It is split here in any case: automatic captions have no full stops."""
    pause_seconds: float = 4.0
    """The silence at which it is split."""


@dataclass(frozen=True, slots=True)
class _TableLimits:
    """What is read of a table, in a page, an office file or a file of results."""

    rows: int = 2000
    """Rows that are read of a page's table; further rows are left out."""
    span: int = 60
    """Columns or rows that one cell may span or be repeated in."""
    section_links: int = 3
    """Links of a section of a newsletter: of its heading, of its text, and to the whole article."""
    text_cell_characters: int = 200
    """A longer cell holds text of the page, and the table is only layout."""
    caption_characters: int = 100
    """The longest caption, or line above a table, that is repeated in every row."""
    result_lines: int = 20_000
    """Lines written for the largest file of results."""
    result_sheet_bytes: int = 8 * 2**20
    """The largest unpacked sheet: its cells take about fifteen times as much memory."""
    result_sheets: int = 40
    result_cell_characters: int = 500
    header_rows: int = 3
    """Rows of headers above each other."""
    repeated_rows: int = 25
    """Rows by which it is known how many columns each candidate has in a row of several."""
    rows_above_headers: int = 25
    """Rows above the headers, such as a title, a status and notes."""
    header_characters: int = 100
    share_percent: int = 100
    """The largest share; what is above it is no share."""
    decimals: int = 10
    """Decimals to which a figure is rounded, to remove errors of binary fractions."""
    cells_per_filled_cell: int = 3
    """With more, a filled cell does not apply to the empty cells below it."""
    result_rows: int = 20_000
    """Rows of the largest table of results."""
    result_columns: int = 120
    result_records: int = 20_000
    """Records of the longest list of a report of results."""
    record_levels: int = 4
    """Levels of the deepest records, such as contests, precincts and candidates."""
    record_fields: int = 60
    """Fields of the largest record."""


FILES = _FileLimits()
DETECTION = _DetectionLimits()
PAGES = _PageLimits()
STYLES = _StyleLimits()
DECLARATIONS = _DeclarationLimits()
ASIDES = _AsideLimits()
MENUS = _MenuLimits()
LAYOUT = _LayoutLimits()
CAPTIONS = _CaptionLimits()
TABLES = _TableLimits()
