"""Verify a drafted sentence: exact checks against its citations, then a verifier."""
