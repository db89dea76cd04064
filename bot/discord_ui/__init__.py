"""Questions and answers as Discord shows them; knows no SQL and no model."""
