"""The limits of answering: of questions, evidence, excerpts, proofs, a model's replies, tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _QuestionLimits:
    """How long a question is, how many are answered, and when its words match other spellings."""

    characters: int = 500
    """The longest question; the option in Discord has the same limit."""
    at_once: int = 3
    """Questions of one message that are answered."""
    reference_words: int = 4
    """Content words of the longest follow-up that is completed because it refers back."""
    chinese_confidence: float = 0.9
    """Confidence required to take for Chinese what is in characters that Japanese has too."""
    typo_letters: int = 5
    """The shortest word that is corrected by the words of the coverage."""
    latin_name_letters: int = 4
    """The shortest Latin word matched with Japanese; shorter ones match by chance."""
    spellings: int = 3
    """Latin words that a name in katakana is matched with."""
    spelling_margin: float = 0.25
    """Greatest difference between the similarity of a spelling and that of the best one."""
    frequency_weight: float = 0.1
    """Bonus in similarity for a word that is ten times as frequent."""
    number_of_name: int = 1000
    """Figures of a question below this that count nothing are numbers of what it names: ward 1."""
    language_confidence: float = 0.8
    """Confidence required to detect another language than English; of 1,496 English questions none
    reached 0.7."""
    non_ascii_confidence: float = 0.4
    """The same in text with letters beyond ASCII."""


@dataclass(frozen=True, slots=True)
class _EvidenceLimits:
    """How many passages are searched, how many windows are read, and how long these are."""

    passages: int = 16
    """Passages found for a question; their windows are ranked."""
    unmeasured_passages: int = 10
    """Passages found by a search whose windows are not ranked."""
    windows_read: int = 24
    """Windows that are read for a question, the most promising first, which takes most of an
    answer's time. Of 297 questions 156 lead with the right one, with 16 windows 150."""
    windows_read_first: int = 10
    """Windows that are read at first, the others only if none of these is likely to answer: of 297
    questions 156 lead with the right one, as with all 24 read, in 0.55 times the median time."""
    other_script_windows: int = 3
    """Windows among them, of both numbers, that are at least in the other script. Words hardly
    order these, yet the first three hold the answer in 20 of 22 questions that Japanese text alone
    answers in the sample."""
    foreign_windows_read: int = 32
    """Windows that are read where all are in the other script, so that no words order them."""
    windows_read_twice: int = 3
    """Of the best windows, those that are read once more without their title: as many of 297
    questions lead with the right one as with six (157). The median time of an answer is 1.14 times
    that without, and 1.42 times with six."""
    windows_shown: int = 6
    """Windows of which some may be shown."""
    newest_articles: int = 2
    """Articles of the newest day that are opened where the latest is asked for."""
    window_sentences: int = 4
    pair_tokens: int = 192
    """Tokens of a question with its window; a window of three sentences has about 90."""
    answer_tokens: int = 30
    """Tokens of the longest answer that is pointed at."""
    readings: int = 4096
    """Readings that are kept: on an election night many people ask the same, and coverage stays."""
    model_passages: int = 10
    """Passages of evidence that a model is given for one question."""
    nearest_articles: int = 3
    """Articles named when the coverage does not answer."""
    excerpts: int = 3
    """Excerpts of one answer."""
    further_sentences: int = 3
    """Sentences that an excerpt may grow by so that it does not end inside a quotation."""
    year_distance: int = 60
    """Characters from an answer up to which a year in its clause tells when it was."""
    question_tokens: int = 48
    """Tokens of a question; what is longer is cut."""
    header_tokens: int = 44
    """Tokens of what stands above a window; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class _OddsBounds:
    """What stands beside the fitted weights (``evidence/weights.json``) in the order of windows."""

    enough: float = 0.2
    """Probability of the best of the windows read at first from which no others are read."""
    without_title: float = 0.4
    """Share of the reading without its title in the odds of a window; .4 to .6 were equal."""
    also_answers: float = 0.33
    """Part of the best window's probability from which another one answers too."""
    third_answers: float = 0.5
    """Part of it from which a third excerpt is shown, and any below a sure one. With the part for a
    second one, 373 questions had 197 third ones, with this 131; the same 183 messages answer."""
    contradicts: float = 0.5
    """Part of it from which another one may be said to contradict the best one."""
    may_answer: float = 3.0
    """Log odds below the best window's up to which another one tells how new the contest is."""
    own_answer: float = 0.01
    """Score by which a page's answer to the same question stands before its other windows."""
    same_answer: float = 0.5
    """Share of an answer's terms that another answer has if it is the same."""
    same_sentence: float = 0.7
    """Share of 5-grams at which two sentences are one."""
    margin: float = 5.0
    """Score beyond which the distance to the next answer says no more."""
    named: float = 4.0
    """Worth of the logarithm of a passage's fit: of an outlet and a day that a question names."""
    overrated: float = 2.0
    """Log odds that are taken off East Asian text for a question in another script. The reader
    overrates it: of windows that do not answer, the ninetieth percentile is higher by that much
    (``docs/reader.md``)."""
    log_odds: float = 30.0
    """Log odds beyond which a probability is 0 or 1 for all purposes."""
    probability: float = 1e-6
    """Least probability of a reranker, so that its odds stay finite."""
    shown_words: float = 0.5
    """Share of a topic's words from which a window is shown where nothing is read."""
    latest_words: float = 0.99
    """Share of a topic's words from which the newest report is said to be on that topic."""


@dataclass(frozen=True, slots=True)
class _ProofLimits:
    """What a quotation and a claim need to be proven, and how far the archive is searched."""

    quotation_min_characters: int = 2
    """The shortest quotation that can prove a sentence or be proven."""
    quotation_characters: int = 4000
    """The longest quotation that can be proven."""
    query_characters: int = 400
    """Beginning of a quotation that serves as the search query if no article is given."""
    searched_characters: int = 2_000_000
    """Text searched in the versions of one article, the newest versions first."""
    places: int = 1000
    """Matches examined in one text: short quotations such as "the" have many."""
    context_characters: int = 300
    """Text of the article that is shown before and after a quotation."""
    continuation_characters: int = 80
    """Text of the article that is shown from the place where a quotation differs."""
    half_characters: int = 8
    """Shortest half of a joined quotation, or beginning of another, that identifies its place."""
    half_cjk_characters: int = 4
    unique_quotation_bytes: int = 30
    """Shortest quotation that identifies its passage: five words, or ten CJK characters."""
    leaked_words: int = 6
    """Length of a run of words that a sentence may not share with the instructions."""
    citations: int = 3
    """Citations of one sentence."""
    claim_words: int = 3
    """Words of the shortest claim that can be supported."""
    sentence_parts: int = 8
    """Parts between commas of the longest sentence that is compressed."""
    vague_factor: int = 1000
    """Greatest ratio of a figure to the vague word ("thousands") that stands for it."""


@dataclass(frozen=True, slots=True)
class _ChatLimits:
    """What a chat model is sent, and what is read of its replies."""

    seconds: float = 30.0
    """Longest wait for the first part of a reply, and between two parts."""
    retries: int = 2
    answer_seconds: float = 120.0
    """Longest time for one answer and its checks, from the first part of the first reply on."""
    coverage_tokens: int = 6000
    """Default size of the coverage in one request; ten passages have 4,000 to 4,500."""
    characters_per_token: int = 4
    """Estimate for other scripts than CJK; the vocabulary of the server is not available."""
    passage_key_characters: int = 5
    claim_key_characters: int = 4
    reply_tokens: int = 2000
    """Longest reply that is requested."""
    reply_characters: int = 200_000
    """Longest reply that is read, thoughts included."""
    reply_bytes: int = 8_000_000
    """Longest response body, with the server's framing of each part."""
    detail_characters: int = 500
    """Characters of a server's error message that are logged; of a reply's end that is kept."""
    lead_characters: int = 40
    """Beginning of a reply in which its first object must start; otherwise it starts with prose."""
    object_characters: int = 32_000
    """Longest object that is read: eight quotations of the longest kind are half of it."""
    repaired_characters: int = 8_000
    """Longest object whose syntax is repaired."""
    objects: int = 100
    """Objects of one reply; a draft has eight lines."""
    nested_braces: int = 20
    """Nested braces of one object; a draft has three."""
    draft_lines: int = 8
    """Lines of a draft, in the JSON schema for servers that support one."""
    line_quotations: int = 3
    """Quotations of a line of a draft, in the same schema."""


@dataclass(frozen=True, slots=True)
class _LookupLimits:
    """How many claims of a text are looked up, and what of the coverage is held against them."""

    claims: int = 3
    """Sentences of one message that are looked up."""
    claim_characters: int = 500
    """Longest claim; a longer sentence is cut off."""
    claim_terms: int = 2
    """Content terms of the shortest claim."""
    candidate_score: float = 0.5
    """Lowest score by words of a candidate."""
    candidates: int = 6
    """Sentences of the coverage that a claim is verified against."""
    shown_sentences: int = 3
    """Sentences that are shown for one claim."""


@dataclass(frozen=True, slots=True)
class _TimelineLimits:
    """How many lines a timeline has, how long they are, and when a line is about the topic."""

    passages: int = 40
    """Passages that are searched for mentions."""
    lines: int = 12
    newest_lines: int = 3
    """Lines that answer "the latest on …": what is asked for is the newest, no history."""
    lines_by_outlet_and_day: int = 2
    topic_share: float = 0.6
    """Smallest weighted share of the topic's terms that a line mentions."""
    line_bytes: int = 16
    """Shortest line: headings within a text are shorter, and a CJK character has three bytes."""
    line_characters: int = 360
    """Longest line; a longer sentence is cut at a clause."""


@dataclass(frozen=True, slots=True)
class _ContestLimits:
    """How many contests are shown, and when tables belong to one."""

    contests: int = 3
    """Contests that are shown at once."""
    sources: int = 4
    """Sources or polls of one contest that stand side by side."""
    articles: int = 60
    """Articles whose tables are opened."""
    named_share: float = 0.99
    """Least share of the asked words in a contest's names; half matched other contests."""
    common_names: int = 2
    """Names that two tables of one contest share."""
    heading_characters: int = 150
    """The longest line that is taken for the heading of the table below it."""
    rows: int = 2
    """Rows of a contest: one figure alone is no table of it."""


QUESTIONS = _QuestionLimits()
EVIDENCE = _EvidenceLimits()
ODDS = _OddsBounds()
PROOFS = _ProofLimits()
CHAT = _ChatLimits()
LOOKUPS = _LookupLimits()
TIMELINES = _TimelineLimits()
CONTESTS = _ContestLimits()
