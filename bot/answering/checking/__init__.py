"""Hold a drafted sentence against the passages it cites; pure functions over text."""
