"""A folder of files of all kinds, handed in one by one in Discord: what is kept, and why not."""

from tests.bot.discord_ui.reading import shown
from tests.ingest.reading.folder import written
from tests.ingest.test_folder import KEPT, REFUSED

NEVER_FETCHED = {"picture.png"}
"""Files of a kind that nobody reads, so Discord is not asked for them."""


async def test_each_attachment_is_kept_or_refused_in_a_sentence(
    channel, moderator, archive, tmp_path
):
    """As from the terminal: the same articles, and the same reasons."""
    folder = written(tmp_path / "folder")
    known = {article.id for article in archive.articles.listed()}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        result = await moderator.slash(channel, "add-source", file=(file.name, file.read_bytes()))
        text = shown(result)
        if file.name in NEVER_FETCHED:
            assert "is of a kind that is not read" in text
        elif file.name in REFUSED:
            assert REFUSED[file.name].split(". ")[0].split(": ")[0] in text, file.name
        if "Keep" in str(result.response.components):
            await moderator.click(result.response, label="Keep")
    kept = {each.header.title for each in archive.articles.listed() if each.id not in known}
    assert kept == set(KEPT)
