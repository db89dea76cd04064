"""What moderators do: look after the coverage, decide, review, set the rules."""
