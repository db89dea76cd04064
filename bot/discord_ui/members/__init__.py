"""What members do: ask, follow up, look closer, say what they think, look up, suggest."""
