"""A shortlist as slides for a client: what stands on each is decided here, and written by python-pptx."""
