"""Where the archive and the index of a test are kept."""

import pytest

from ingest.environment import Settings


@pytest.fixture(params=["embedded", "server"])
def settings(request, tmp_path):
    """Keep everything in a folder, or in the two servers."""
    environment = {"DATA_DIR": str(tmp_path / "data")}
    if request.param == "server":
        environment["DATABASE_URL"] = request.getfixturevalue("postgres_url")
        environment["CHROMA_URL"] = request.getfixturevalue("chroma_url")
    return Settings.of(environment)
