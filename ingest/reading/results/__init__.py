"""Result files of elections as coverage: every row, or every cell, a line that stands alone."""
