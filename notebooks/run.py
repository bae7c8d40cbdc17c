"""Run every notebook top to bottom and write its outputs into it: ``make notebooks``."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import nbformat
from nbclient import NotebookClient

BADGES = "badges"
"""The cell of the badges has this id."""


def run(path: Path, env: Mapping[str, str] | None = None) -> nbformat.NotebookNode:
    """Return the notebook with the outputs of a fresh run in its folder."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": path.parent}}
    # What a cell prints arrives in pieces that differ from run to run.
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place, coalesce_streams=True)
    client.execute(**({} if env is None else {"env": dict(env)}))
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = list(lasting(cell.outputs))
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def lasting(outputs: Iterable[nbformat.NotebookNode]) -> Iterator[nbformat.NotebookNode]:
    """Yield what does not differ from run to run: no address in memory, and no progress bar of a slow machine."""
    for output in outputs:
        data = output.get("data", {})
        if "text/plain" in data:
            data["text/plain"] = re.sub(r" at 0x[0-9a-f]+>", ">", data["text/plain"])
        if output.get("name") == "stderr":
            output.text = re.sub(r"[^\n]*\d%\|[^\n]*\n?", "", output.text)
        if output.get("name") != "stderr" or output.text.strip():
            yield output


def repository() -> str | None:
    """Return ``owner/name`` of the repository on GitHub.

    The public address is declared in one place, ``Source`` of ``[project.urls]`` in pyproject.toml. While it is not
    there, it is not known, and notebooks have no badges.
    """
    declared = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))
    address = declared["project"].get("urls", {}).get("Source", "")
    match = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?", address)
    return match[1] if match else None


def badges(notebook: nbformat.NotebookNode, name: str, home: str | None) -> None:
    """Put the badges that open the notebook in Colab and Binder first, or take them away where there is no home."""
    notebook.cells = [cell for cell in notebook.cells if cell["id"] != BADGES]
    if home is None:
        return
    colab = f"https://colab.research.google.com/github/{home}/blob/main/notebooks/{name}"
    binder = f"https://mybinder.org/v2/gh/{home}/main?labpath=notebooks/{name}"
    line = (
        f"[![在 Colab 中打开](https://colab.research.google.com/assets/colab-badge.svg)]({colab}) "
        f"[![在 Binder 中打开](https://mybinder.org/badge_logo.svg)]({binder})"
    )
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(line, id=BADGES))


if __name__ == "__main__":
    names = set(sys.argv[1:])
    for path in sorted(Path(__file__).parent.glob("*.ipynb")):
        if names and path.name not in names:
            continue
        notebook = run(path)
        badges(notebook, path.name, repository())
        nbformat.write(notebook, path)
