"""Chat models: requests, replies and prompts, for any server."""
