"""Table Storage: what was said, by whom, when, and how it ended."""
