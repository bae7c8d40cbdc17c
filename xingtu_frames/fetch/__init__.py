"""Creators become frames: fetched, stored, compared, sampled."""
