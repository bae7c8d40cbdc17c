"""Builds the documentation: pages written by hand, and pages that follow from the declarations, in two languages."""
