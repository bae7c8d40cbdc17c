"""Douyin Xingtu creator data as tidy pandas DataFrames: fetched once, compared side by side, drawn and exported.

The names and where they live are declared in ``__init__.pyi``; each module is loaded when it is first needed.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
