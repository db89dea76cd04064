"""Answers in the making: excerpts of the coverage, or a draft of a model."""
