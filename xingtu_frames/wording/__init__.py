"""Numbers, names and text as people read them."""
