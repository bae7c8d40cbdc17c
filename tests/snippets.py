"""The code of a document, run from top to bottom beside the sample creators."""

from __future__ import annotations

import contextlib
import io
import re

import pandas as pd
from matplotlib import pyplot as plt

import xingtu_frames as xf

# A recipe needs what a document cannot make, and has a test of its own.
_BLOCK = re.compile(
    r"(?<! -->\n)^( *)```python\n(.*?)^\1```\n(?:\n\1```text\n(.*?)^\1```\n)?", re.MULTILINE | re.DOTALL
)


def run_snippets(text: str) -> int:
    """Run each block of Python, all in one namespace; what stands as text behind one is what it prints.

    The working folder gets a list of creators, as a user has one. Returns how many blocks there are.
    """
    names = pd.DataFrame({"星图ID": xf.sample_ids()[:4], "昵称": list("甲乙丙丁")})
    names.to_excel("达人名单.xlsx", index=False)
    namespace: dict[str, object] = {}
    blocks = _BLOCK.findall(text)
    try:
        for indent, code, shown in blocks:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(re.sub(f"^{indent}", "", code, flags=re.MULTILINE), namespace)  # noqa: S102
            if shown and pd.__version__ >= "3":
                assert printed.getvalue() == re.sub(f"^{indent}", "", shown, flags=re.MULTILINE)
    finally:
        xf.set_default_client(None)
        plt.close("all")
    return len(blocks)
