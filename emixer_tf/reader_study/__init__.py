"""A reader study as it is kept: items, readers, and answers that are never lost."""
