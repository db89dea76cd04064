"""The running process: how it was started, its log, its threads and helpers, and its end."""
