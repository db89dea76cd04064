"""The commands: each a function of what somebody types, which returns an exit code."""
