"""The only truth: every SQL read and write, as a verb of the domain."""
