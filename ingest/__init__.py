"""Keep coverage: read it, archive it, index it. Knows nothing of the bot."""
