"""``make docs``: builds the site in two languages, strictly, from pages and declarations, without the network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

import xingtu_frames as xf

from . import api, codes, command, gallery, metrics, tables
from .markdown import LANGUAGES, Language
from .site import HOME, settings

ROOT = HOME.parent
SITE = ROOT / "build" / "site"


def generated(lang: Language) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page that follows from the declarations."""
    for maker in (tables, metrics, gallery, api):
        yield from maker.pages(lang)
    log = (ROOT / "CHANGELOG.md").read_text("utf-8")
    yield "changelog.md", log


def filled(text: str, lang: Language) -> str:
    """Return a page by hand with what is declared in its places."""
    places = {
        "<!-- codes -->": lambda: codes.listing(lang),
        "<!-- commands -->": lambda: "\n\n".join(command.helps()),
        "<!-- bench -->": lambda: (HOME / "bench.md").read_text("utf-8"),
    }
    for place, listing in places.items():
        if place in text:
            text = text.replace(place, listing())
    return text


def write_source(lang: Language, folder: Path) -> None:
    """Write everything that the site of a language is made from."""
    for path in sorted((HOME / lang).rglob("*.md")):
        _write(folder / path.relative_to(HOME / lang), filled(path.read_text("utf-8"), lang))
    for name, text in generated(lang):
        _write(folder / name, text)
    for entry in gallery.ENTRIES:
        gallery.draw(entry, lang, folder)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def build(lang: Language, out: Path) -> int:
    """Build the site of a language; return the exit status of the builder, which a warning fails."""
    with tempfile.TemporaryDirectory() as made:
        source, config = Path(made) / "pages", Path(made) / "mkdocs.yml"
        write_source(lang, source)
        config.write_text(yaml.safe_dump(settings(lang, source, out), allow_unicode=True), "utf-8")
        program = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(config)]
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
        return subprocess.run(program, check=False, env=environment).returncode  # noqa: S603


def main() -> int:
    """Build both languages."""
    os.environ.setdefault("MPLBACKEND", "agg")
    xf.set_default_client(xf.sample_client())
    shutil.rmtree(SITE, ignore_errors=True)
    outs = {"zh": SITE, "en": SITE / "en"}
    failed = [lang for lang in LANGUAGES if build(lang, outs[lang])]
    if not failed:
        sys.stdout.write(f"{(SITE / 'index.html').relative_to(ROOT)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
