"""Commands and buttons for moderators: coverage, decisions, reviews and settings."""
