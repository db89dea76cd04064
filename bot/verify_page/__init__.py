"""Web page for readers that shows an answer's quotations in context and proves quotations."""
