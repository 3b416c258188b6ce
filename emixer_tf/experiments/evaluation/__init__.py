"""Measuring generated studies against real ones that were held out."""
