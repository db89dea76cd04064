"""The page for readers: an answer's quotations where they stand, and any quotation proven."""
