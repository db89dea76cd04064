"""From the text of a question to a search: normalise, check, complete, and find its terms."""
