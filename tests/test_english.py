"""The English of the package is plain: what must not be said, with what is said instead."""

import ast
import json
import re
from collections.abc import Iterator

import pytest

from . import prose

_CLAUSE = r"(?:it|they|he|she|this|that|there|two|nothing|none)\b"
_SUBJECT = r"(?:(?!\b(?:where|that|which|who|whose|whatever) )[^,.;:])"
_VERB = r"(?:is|are|was|were|has|have|had|can|could|may|might|must|would|will|does|do|runs|holds|keeps|takes)\b"
WORDS = {
    r"(?<!there )\b(?:is|are|was|were|be|been) no (?!longer\b|more\b)": '"is not a ..."',
    r"(?<!there )\bnumbers? from \d+(?! to )": '"a positive integer", "a number >= 0"',
    r"\banew\b": '"again", as in "fetch again"',
    r"\bask(?:s|ing)? on\b": '"further requests"',
    r"\bby (?:itself|themselves)\b": '"automatically", "on its own"',
    r"\bwarned of\b": '"you are warned", "with a warning"',
    r"\b(?:some|no|every|any)body\b": '"another process", "no one", "all workers", "any user"',
    r"\bgoes? by the\b": '"falls back to the ..."',
    r"\bof (?:ours|theirs|yours)\b": '"our", "their", "your"',
    rf"[,;] for {_CLAUSE}": '", because"',
    rf"[,;] for (?:a|an|the|their|its|one|what) {_SUBJECT}{{1,40}}? {_VERB}(?! (?:asked|read)\b)": '", because"',
    r"\bhomeless\b": '"unplaced"',
    r"\bmistakable\b": '"ambiguity"',
    r"\bremarks?\b": '"note", "summary"',
    r"\bstrikes?\b": '"redact"',
    r"\bhangs?\b": '"attach"',
}
"""Pattern -> what is said instead. Of ``for`` in the sense of "because" a pattern sees only the usual openings."""

KEPT = ("Xingtu creator id: text, for it has more digits than a float keeps",)
"""Texts of the public contract, which stay as they are: the meaning of a column."""

PARTICIPLES = {
    "called": "the noun: names, label",
    "told": "the noun: message, details",
    "given": "the noun: options, arguments",
    "wanted": "the noun: ids, titles",
}
"""Names that say what became of a thing and not what it is."""
PARTS = {
    "homeless": "unplaced",
    "mistakable": "ambiguity",
    "remark": "note, summary",
    "remarks": "notes",
    "strike": "redact",
    "hang": "attach",
    "hung": "attached",
}
"""Words that no name has among its parts."""


def faults(text: str) -> Iterator[str]:
    """Yield each thing that must not be said, as it stands there, with what is said instead."""
    for kept in KEPT:
        text = text.replace(kept, "")
    for pattern, instead in WORDS.items():
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield f"...{text[max(0, match.start() - 30) : match.end() + 30]}...: say {instead}"


def names(source: str) -> Iterator[tuple[int, str, bool]]:
    """Yield each name that source gives, with its line and whether it is seen outside of one function's body."""
    tree = ast.parse(source)
    outside = {id(node) for node in _outside(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id, id(node) in outside
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr, True
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name, True
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg, True


def name_faults(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each name that must not be, with what it is called instead."""
    for line, name, is_seen in names(source):
        bare = name.strip("_").lower()
        if bare in PARTICIPLES:
            yield line, f"{name}: {PARTICIPLES[bare]}"
        if bare == "found" and is_seen:
            yield line, f"{name}: the noun: result, match"
        for part in re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()):
            if part in PARTS:
                yield line, f"{name}: {PARTS[part]}"


def _outside(tree: ast.Module) -> Iterator[ast.AST]:
    bodies: list[ast.AST] = [tree]
    while bodies:
        for node in ast.iter_child_nodes(bodies.pop()):
            yield node
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.comprehension):
                bodies.append(node)


def test_what_people_read_has_none_of_the_patterns() -> None:
    found = [f"{place} {fault}" for place, text in prose.everywhere() for fault in faults(text)]
    assert not found, "\n".join(found)


def test_no_name_is_on_the_list() -> None:
    found = [
        f"{path.relative_to(prose.HOME)}:{line} {fault}"
        for path in (*prose.SOURCES, prose.STUB)
        for line, fault in name_faults(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "the folder is no store",
        "Nothing happens: a bool is no id.",
        "a whole number from 1",
        "numbers from 0, of which one",
        "ask anew",
        "asking on is pointless",
        "it is asked again by itself",
        "which is warned of once",
        "somebody watches",
        "goes by the nickname",
        "a file of ours",
        "left where it is, for it is not known",
        "grey, for their shares are of what is listed",
        "In the same folder, for a rename is whole",
        "a redirect is refused, for it would carry the token",
        "a remark",
        "names that are homeless",
    ],
)
def test_each_pattern_sees_what_it_is_there_for(text: str) -> None:
    assert list(faults(text))


@pytest.mark.parametrize(
    "text",
    [
        "there is no choice",
        "a file that is no longer there",
        "a number from 0 to 1",
        'the language, for labels and numbers; "zh" or "en"',
        "The questions, for the first page where there are several.",
        "the id, for its columns",
        *KEPT,
    ],
)
def test_plain_english_passes(text: str) -> None:
    assert not list(faults(text))


@pytest.mark.parametrize(
    "source",
    [
        "def f(called): ...",
        "def f():\n    told = 1",
        "_wanted = 1",
        "class A:\n    given: int",
        "def found(): ...",
        "FOUND = 1",
        "class A:\n    def f(self):\n        self.found = 1",
        "lambda found: 1",
        "def add_remark(): ...",
        "homeless_names = 1",
        "class HangOn: ...",
    ],
)
def test_each_name_is_seen_where_it_is_given(source: str) -> None:
    assert list(name_faults(source))


def test_a_local_result_may_still_be_found() -> None:
    source = "def f():\n    found = 1\n    return [found for other in found], {'called': f.called}"
    assert not list(name_faults(source))


def test_all_that_people_read_is_looked_at() -> None:
    source = 'x = 1  # one\n# two\n\n# three\ny = f"four {x}" "five"\ndef f():\n    """Six\n    seven."""\n'
    assert {text for _, text in prose.of_source(source)} == {"one two", "three", "four {}five", "Six seven."}
    assert list(prose.of_document("# One\n\ntwo\nthree\n")) == [(1, "# One"), (3, "two three")]
    cells = [
        {"cell_type": "markdown", "source": ["One\n", "two"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "'three'  # four"]},
    ]
    notebook = json.dumps({"cells": cells})
    assert list(prose.of_notebook(notebook)) == [(1, "One two"), (2, "three"), (2, "four")]
    assert {place.partition(":")[0].rpartition(".")[2] for place, _ in prose.everywhere()} == {"py", "md", "ipynb"}
