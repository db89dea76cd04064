"""Questions and answers in Discord; this package knows no SQL and no model."""
