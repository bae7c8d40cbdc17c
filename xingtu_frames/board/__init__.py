"""Creators side by side: one row each."""
