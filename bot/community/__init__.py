"""What members and moderators do, apart from where: verbs over the archive, rules, limits."""
