"""What people read, with its place: comments, docstrings and messages of the source, documents, cells of notebooks."""

import ast
import functools
import json
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).parent.parent
SOURCES = sorted(path for folder in ("xingtu_frames", "data", "docs") for path in (HOME / folder).rglob("*.py"))
STUB = HOME / "xingtu_frames" / "__init__.pyi"
DOCUMENTS = (HOME / "README.md", HOME / "CHANGELOG.md", *sorted((HOME / "docs" / "en").rglob("*.md")))
NOTEBOOKS = sorted((HOME / "notebooks").glob("*.ipynb"))


def of_source(source: str) -> Iterator[tuple[int, str]]:
    """Yield each string and each block of comments of Python source, on one line, with the number of its first line."""
    tree = ast.parse(source)
    inner = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, _joined(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inner:
            yield node.lineno, _joined([node.value])
    yield from _comments(source)


def of_document(text: str) -> Iterator[tuple[int, str]]:
    """Yield each paragraph of a text, on one line, with the number of its first line."""
    for paragraph in re.finditer(r"\S.*?(?=\n\s*\n|\Z)", text, re.DOTALL):
        yield text.count("\n", 0, paragraph.start()) + 1, _joined([paragraph[0]])


def of_notebook(text: str) -> Iterator[tuple[int, str]]:
    """Yield what the cells of a notebook say, with the number of the cell; outputs are the package's."""
    for number, cell in enumerate(json.loads(text)["cells"], start=1):
        source = re.sub(r"^(\s*)[%!].*", r"\1pass", "".join(cell["source"]), flags=re.MULTILINE)
        parts = of_document(source) if cell["cell_type"] == "markdown" else of_source(source)
        yield from ((number, part) for _, part in parts)


@functools.cache
def everywhere() -> tuple[tuple[str, str], ...]:
    """Return all that people read, with file and line (of a notebook the cell)."""
    readers = ((of_source, SOURCES), (of_document, DOCUMENTS), (of_notebook, NOTEBOOKS))
    return tuple(
        (f"{path.relative_to(HOME)}:{line}", text)
        for reader, paths in readers
        for path in paths
        for line, text in reader(path.read_text(encoding="utf-8"))
    )


def _comments(source: str) -> Iterator[tuple[int, str]]:
    block: list[str] = []
    last = 0
    for token in tokenize.generate_tokens(iter(source.splitlines(keepends=True)).__next__):
        if token.type == tokenize.COMMENT:
            row = token.start[0]
            if block and row != last + 1:
                yield last, _joined(block)
                block = []
            block.append(token.string.lstrip("#") + " ")
            last = row
    if block:
        yield last, _joined(block)


def _joined(parts: Iterator[str] | list[str]) -> str:
    return " ".join("".join(parts).split())
