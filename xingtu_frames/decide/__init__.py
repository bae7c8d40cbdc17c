"""Frames become a decision: scores, how firm they are, a plan for a budget, likeness, and flags on the data."""
