"""``make release-check``: what is still missing before the files in ``dist/`` may be uploaded. See RELEASING.md."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

import xingtu_frames as xf

ROOT = Path(__file__).resolve().parent.parent
URLS = ("Homepage", "Documentation", "Source", "Issues", "Changelog")
_MADE = {"PKG-INFO"}
"""What the build adds to the files of the repository."""


def missing_text(pyproject: str, changelog: str, version: str) -> Iterator[str]:
    """Yield what pyproject.toml and CHANGELOG.md still lack for that version."""
    urls = tomllib.loads(pyproject)["project"].get("urls", {})
    lacking = [name for name in URLS if not urls.get(name, "").startswith("https://")]
    if lacking:
        yield f"pyproject.toml: [project.urls] lacks {', '.join(lacking)}"
    if not re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE):
        yield f'CHANGELOG.md: no heading "## [{version}] - YYYY-MM-DD"; rename [Unreleased]'


def wrong_files(
    built: Collection[str], shipped: Collection[str], tracked: Collection[str], version: str
) -> Iterator[str]:
    """Yield what is wrong with the built files, and with what the sdist ships beside what git tracks."""
    expected = {f"xingtu_frames-{version}-py3-none-any.whl", f"xingtu_frames-{version}.tar.gz"}
    if set(built) != expected:
        yield f"dist/ holds {', '.join(sorted(built)) or 'nothing'}, not {' and '.join(sorted(expected))}"
    stray = sorted(set(shipped) - set(tracked) - _MADE)
    if stray:
        yield f"the sdist ships what git does not track: {', '.join(stray)}"


def shipped_in(sdist: Path) -> dict[str, bytes]:
    """Return the files of an sdist by their paths from the root."""
    with tarfile.open(sdist) as archive:
        files = {member.name: archive.extractfile(member) for member in archive.getmembers()}
        return {name.partition("/")[2]: file.read() for name, file in files.items() if file is not None}


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", "-c", "core.quotePath=false", *words], cwd=ROOT, check=True, capture_output=True)
    return done.stdout.decode().splitlines()


def _problems() -> Iterator[str]:
    texts = ((ROOT / name).read_text("utf-8") for name in ("pyproject.toml", "CHANGELOG.md"))
    yield from missing_text(*texts, xf.__version__)
    built = {path.name: path for path in (ROOT / "dist").iterdir()}
    shipped = {name for path in built.values() if path.suffix == ".gz" for name in shipped_in(path)}
    yield from wrong_files(built, shipped, _git("ls-files"), xf.__version__)
    if changed := _git("status", "--porcelain"):
        yield f"not committed: {', '.join(line[3:] for line in changed)}"


def main() -> None:
    """Say what is missing, and exit with 1 where anything is."""
    problems = list(_problems())
    if problems:
        sys.exit("\n".join(["not ready to be released (RELEASING.md):", *(f"- {problem}" for problem in problems)]))


if __name__ == "__main__":
    main()
