"""The desk for other programs, by the Model Context Protocol: over pipes, or over HTTP."""
