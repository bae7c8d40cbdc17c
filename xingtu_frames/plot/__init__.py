"""Frames become pictures: every ``plot_`` function takes a frame and returns its axes or figure."""
