"""Server of the desk for other programs, by the Model Context Protocol."""
