"""Fetching of web addresses: guarded, polite, conditional."""

from ingest.fetching.fetcher import Fetched, Fetcher, State, Validators

__all__ = ["Fetched", "Fetcher", "State", "Validators"]
