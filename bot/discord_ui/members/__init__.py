"""Commands and buttons for members: questions, follow-ups, feedback, look-ups, suggestions."""
