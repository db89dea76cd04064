"""One reading of scripts, numbers, dates and names for the whole project; imports nothing of it."""
