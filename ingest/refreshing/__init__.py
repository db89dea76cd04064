"""Parts of a refresh: listings of sources, planning of due pages, extraction in processes."""
