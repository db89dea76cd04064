"""Chat models: what is said to them, and what they reply, whatever server they are on."""
