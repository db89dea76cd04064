"""Names of people, places and parties in questions and reports."""

import pytest

from ingest.language.names import names_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Has Tove Halm conceded?", ["Tove Halm"]),
        ("Did Halm or Lund win Brack?", ["Halm", "Lund", "Brack"]),
        ("Are Harbour Alliance and Lantern allies?", ["Harbour Alliance", "Lantern"]),
        ("Why Halm Lost", ["Halm Lost"]),
        ("Hat Tove Halm aufgegeben?", ["Tove Halm"]),
        ("Wurde Halm gewählt?", ["Halm"]),
        ("Pourquoi Halm a perdu", ["Halm"]),
        ("Han Dok spoke. Has Han Dok won?", ["Han Dok"]),
        ("Tove Halm has won. What Halm said is not known.", ["Tove Halm", "Halm"]),
    ],
)
def test_the_word_that_opens_a_question_is_no_part_of_a_name(text, names):
    """It has a capital because it stands first."""
    assert names_in(text) == names
