"""The parts of ``make_creators.py``: one module per subject."""
