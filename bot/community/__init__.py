"""Actions of members and moderators, independent of Discord."""
