"""Browsers over the desk."""
