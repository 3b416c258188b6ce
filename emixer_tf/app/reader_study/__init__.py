"""The page on which readers rate."""
