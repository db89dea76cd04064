"""Read a message as a person does: the letters that Discord would show."""

from discord import ui
from simcord.preview._markdown import markdown_tokens

CONTEXT = {
    "users": {"123": "someone"},
    "roles": {"456": "moderators"},
    "channels": {"789": "general"},
    "everyone": True,
    "commands": {"1": "ask"},
    "emojis": {"123456789012345678": {"id": "123456789012345678", "name": "x"}},
}
"""Everything that could be mentioned exists, so that an unescaped mention would show."""
ISOLATES = str.maketrans("", "", "\u2068\u2069")
TEXT_DISPLAY = 10


def markdown_of(view):
    """Return the texts of a view or of a sent message's components, top to bottom."""
    if isinstance(view, ui.LayoutView):
        return [item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)]
    found = []
    for component in view:
        if component["type"] == TEXT_DISPLAY:
            found.append(component["content"])
        found += markdown_of(component.get("components", []))
    return found


def tokens_of(markdown):
    """Return every token of *markdown* in order, nested ones too."""

    def walk(tokens):
        for token in tokens:
            yield token
            yield from walk(token.get("children", []))

    return list(walk(markdown_tokens(markdown, "text_display", context=CONTEXT)))


def seen(shown):
    """Return what a person reads of a view, a message's components, or one text."""
    texts = [shown] if isinstance(shown, str) else markdown_of(shown)
    lines = []
    for text in texts:
        for line in text.split("\n"):
            letters = [t["content"] for t in tokens_of(line) if t["type"] == "text"]
            lines.append("".join(letters).translate(ISOLATES))
    return "\n".join(lines)


def shown(result):
    """Return what a person reads of a reply."""
    return seen(result.response.components)


def said_last(channel):
    """Return what the channel shows last."""
    return seen([each.to_dict() for each in channel.last_message.components])


def links(view):
    """Return the addresses that a person could click."""
    tokens = [token for text in markdown_of(view) for token in tokens_of(text)]
    return [token["href"] for token in tokens if token["type"] == "link_open"]
