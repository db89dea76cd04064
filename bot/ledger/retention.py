"""Retention periods of the ledger's records, as promised in docs/operators.md."""

from __future__ import annotations

from datetime import timedelta

QUESTION_FOR = timedelta(days=1)
"""Questions interrupted by a restart, and moderators' fetches of a source."""
MEMBER_FOR = timedelta(days=30)
"""Hashes of members in their feedback and suggestions."""
SENT_FOR = timedelta(days=90)
"""Records of sent news and digests, which prevent sending them twice."""
ANSWER_FOR = timedelta(days=365)
"""Answers with their citations, notices and feedback, and suggestions."""
