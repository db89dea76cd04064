"""Result files of elections as coverage: one line that can be read alone for each row or cell."""
