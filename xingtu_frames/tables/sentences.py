"""Sentences with places for numbers and words, in two languages: what is written in one is read in the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from .schema import Words

_PLACE = re.compile(r"\{(\w+)\}")
_NO_PARTS: Mapping[str, Mapping[str, str]] = MappingProxyType({})
_JOINTS = ("; ", "；")


class Spoken(Mapping[str, str]):
    """Sentence -> the same in the other language; several are joined by a semicolon."""

    def __init__(
        self, templates: Mapping[str, str], parts: Mapping[str, Mapping[str, str]], joints: tuple[str, str] = _JOINTS
    ) -> None:
        self._templates, self._joints = dict(templates), joints
        # A read-only view cannot be copied or pickled, and a Styler copies what it holds.
        self._parts = {name: words if isinstance(words, Spoken) else dict(words) for name, words in parts.items()}
        self._patterns = [(_pattern(template), other) for template, other in templates.items()]

    def __getitem__(self, text: str) -> str:
        """Return a sentence in the other language."""
        if not isinstance(text, str):
            raise KeyError(text)
        before, after = self._joints
        return after.join(map(self._one, text.split(before)))

    def __iter__(self) -> Iterator[str]:
        """Yield the sentences, with names in their places."""
        return iter(self._templates)

    def __len__(self) -> int:
        """Return how many sentences there are."""
        return len(self._templates)

    @property
    def declared(self) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]:
        """What it was made of: the templates, and the words in their places."""
        return self._templates, self._parts

    @property
    def back(self) -> Spoken:
        """The way back."""
        parts = {name: _back(words) for name, words in self._parts.items()}
        return Spoken(_back(self._templates), parts, self._joints[::-1])

    def _one(self, sentence: str) -> str:
        for pattern, other in self._patterns:
            if found := pattern.fullmatch(sentence):
                spoken = {name: self._parts.get(name, {}).get(text, text) for name, text in found.groupdict().items()}
                return other.format(**spoken)
        raise KeyError(sentence)


class Sentences(Words[str]):
    """A closed set of sentences; ``zh`` has the Chinese of what is written with one, its words included."""

    zh: Spoken

    def __new__(cls, zh: Mapping[str, str], parts: Mapping[str, Mapping[str, str]] = _NO_PARTS) -> Sentences:
        """Make the sentences of their Chinese; ``parts`` has the Chinese of words by the name of their place."""
        made = tuple.__new__(cls, zh)
        made.zh = Spoken(zh, parts)
        return made

    def __reduce__(self) -> tuple[object, ...]:
        """Return what makes them again."""
        return Sentences, self.zh.declared


def _back(words: Mapping[str, str]) -> Mapping[str, str]:
    return words.back if isinstance(words, Spoken) else {spoken: word for word, spoken in words.items()}


def _pattern(template: str) -> re.Pattern[str]:
    texts = _PLACE.split(template)
    # Between two texts stands the name of the place.
    parts = [f"(?P<{text}>.+?)" if place % 2 else re.escape(text) for place, text in enumerate(texts)]
    return re.compile("".join(parts), re.DOTALL)
