"""Coverage: reading, archive and index. Independent of the bot."""
