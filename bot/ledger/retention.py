"""How long the ledger keeps what; docs/operators.md promises the same."""

from __future__ import annotations

from datetime import timedelta

QUESTION_FOR = timedelta(days=1)
"""A question that a restart cut off, and a moderator's look at a source."""
MEMBER_FOR = timedelta(days=30)
"""By which hash a member reported or suggested something."""
SENT_FOR = timedelta(days=90)
"""Which news and digests were sent, so that none is sent twice."""
ANSWER_FOR = timedelta(days=365)
"""An answer with its citations, notices and reports, and a suggestion."""
