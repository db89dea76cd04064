"""The maintainers' commands, one function a command; each returns its exit code."""
