"""The reference: every public name, from its signature and docstring."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import xingtu_frames as xf

from .markdown import Language, page, python

_LINE = 90

_GROUPS: tuple[tuple[str, str, str, Callable[[str], bool]], ...] = (
    ("tables", "取表", "Fetching tables", lambda name: name.startswith("fetch_") or name in _FETCHING),
    ("pictures", "作图", "Pictures", lambda name: name.startswith("plot_") or name in _DRAWING),
    (
        "files",
        "文件",
        "Files",
        lambda name: name.startswith(("read_", "write_", "export_")) or name in _FILES,
    ),
    ("errors", "错误与警告", "Errors and warnings", lambda name: name.endswith(("Error", "Warning"))),
    ("client", "客户端与声明", "Client and declarations", lambda name: name in _CLIENT or name[0].isupper()),
    ("decisions", "比较与决策", "Comparing and deciding", lambda name: True),
)
"""The pages: a name stands on the first one that takes it."""
_FETCHING = {"search", "history", "to_long", "track"}
_FILES = {"proposal_sheet"}
_DRAWING = {"use_chinese", "save_picture"}
_CLIENT = {"default_client", "set_default_client", "sample_client", "sample_ids", "describe", "endpoints"}


def pages(lang: Language) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page."""
    left = sorted(name for name in xf.__all__ if not name.startswith("_"))
    for path, zh, en, takes in _GROUPS:
        names = [name for name in left if takes(name)]
        left = [name for name in left if name not in names]
        title = {"zh": f"参考：{zh}", "en": f"Reference: {en}"}[lang]
        yield f"api/{path}.md", page(title, *(_entry(name) for name in names))


def _entry(name: str) -> str:
    public = getattr(xf, name)
    if not (inspect.isclass(public) or inspect.isroutine(public)):
        return f"## {name} {{ #{name} }}\n\n`xf.{name}`: {type(public).__name__}"
    parts = [f"## {name} {{ #{name} }}"]
    if not (inspect.isclass(public) and issubclass(public, BaseException)):
        parts.append(python(_signature(name, public)))
    parts.append(_text(inspect.getdoc(public) or ""))
    if inspect.isclass(public) and not issubclass(public, BaseException):
        parts.extend(_members(name, public))
    return "\n\n".join(parts)


def _members(name: str, public: type) -> Iterator[str]:
    for member, value in vars(public).items():
        if member.startswith("_") or not inspect.isfunction(value):
            continue
        yield f"### {name}.{member} {{ #{name}.{member} }}"
        yield python(_signature(member, value))
        yield _text(inspect.getdoc(value) or "")


def _signature(name: str, public: Callable[..., object]) -> str:
    signature = inspect.signature(public)
    parameters = list(_shown(signature.parameters.values()))
    returned = signature.return_annotation
    end = ")" if returned is signature.empty else f") -> {_annotation(returned)}"
    line = f"{name}({', '.join(parameters)}{end}"
    return line if len(line) <= _LINE else f"{name}(\n    " + ",\n    ".join(parameters) + f",\n{end}"


def _annotation(annotation: object) -> str:
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\b(?:\w+\.)+(?=[A-Z])", "", text)


def _shown(parameters: Iterable[inspect.Parameter]) -> Iterator[str]:
    keyword = False
    for parameter in parameters:
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword:
            keyword = True
            yield "*"
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        annotation = "" if parameter.annotation is parameter.empty else f": {_annotation(parameter.annotation)}"
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        yield f"{stars}{parameter.name}{annotation}{default}"


def _text(docstring: str) -> str:
    first, *rest = re.split(r"^(\w[\w ]*)\n-{3,}\n", docstring, flags=re.MULTILINE)
    parts = [_plain(first)]
    for heading, body in zip(rest[::2], rest[1::2], strict=True):
        parts += [f"**{heading}**", _SECTIONS.get(heading, _plain)(body)]
    return "\n\n".join(filter(None, parts))


def _items(body: str) -> str:
    items = re.findall(r"^(\S.*)\n((?:[ ]+.*\n?|\n)*)", body.strip() + "\n", flags=re.MULTILINE)
    return "\n".join(
        f"- **`{name}`**: {_plain(inspect.cleandoc(text))}".replace("\n", "\n    ") for name, text in items
    )


_SECTIONS: Mapping[str, Callable[[str], str]] = {
    "Parameters": _items,
    "Raises": _items,
    "Warns": _items,
    "Attributes": _items,
    "Examples": python,
}


def _plain(text: str) -> str:
    """Return the text of a docstring as Markdown: double back quotes and roles become code."""
    return re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text).replace("``", "`").strip()
