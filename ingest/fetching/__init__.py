"""Fetching of web addresses: guarded, polite, conditional."""
