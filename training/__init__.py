"""Teach the reader: data, training, measuring, export; nothing of the desk needs it to run."""
