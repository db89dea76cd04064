"""Evaluation of the desk on question sets."""
