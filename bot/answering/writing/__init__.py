"""The making of answers: excerpts of the coverage, or the draft of a model."""
