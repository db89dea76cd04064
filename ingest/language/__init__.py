"""Parsers of scripts, numbers, dates and names for the whole project; they import no other room."""
