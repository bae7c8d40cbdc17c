"""The page for administrators, followed to the letter on a server that asks for passwords and TLS."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import xingtu_frames as xf
from tests.cli_cases import Done
from tests.conftest import ROOT
from tests.loopback import Loopback, ok
from tests.postgres import OWNER, Postgres, needed
from tests.store.test_postgres_refusals import CERTIFICATE, Strict, with_tls

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="needs file modes")]

MakeClient = Callable[..., xf.Client]
Run = Callable[..., Done]
PAGES = {language: (ROOT / "docs" / language / "team.md").read_text("utf-8") for language in ("en", "zh")}
_CREATE = re.compile(r"`(CREATE ROLE wang [^`]*)`")


@pytest.fixture
def fresh() -> Iterator[Postgres]:
    """Return a server of its own: roles belong to all databases of one."""
    server = Strict()
    yield server
    server.close()


def test_both_languages_give_the_same_rights() -> None:
    blocks = [page.partition("```sql\n")[2].partition("```")[0] for page in PAGES.values()]
    assert blocks[0] == blocks[1]
    assert len(blocks[0].splitlines()) == 10
    assert len({_CREATE.findall(page)[0] for page in PAGES.values()}) == 1


def test_who_copies_the_page_line_by_line_has_a_team(
    fresh: Strict, server: Loopback, make_client: MakeClient, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer = lambda seen: ok({"nick_name": f"达人 {seen.kol_id}"})
    page = PAGES["en"]
    at_server = {**os.environ, "PGHOST": "127.0.0.1", "PGPORT": str(fresh.port), "PGUSER": OWNER}
    (createdb,) = re.findall(r"`(createdb [^`]*)`", page)
    program, *words = createdb.split()
    subprocess.run([needed("psql").with_name(program), *words], check=True, env=at_server)
    assert run("doctor", "--cache", fresh.address("xingtu")).out.count("ok") > 2
    sql = page.partition("```sql\n")[2].partition("```")[0] + _CREATE.findall(page)[0]
    psql = [needed("psql"), "-v", "ON_ERROR_STOP=1", "xingtu"]
    subprocess.run(psql, check=True, env=at_server, input=sql.encode(), stdout=subprocess.DEVNULL)
    # Each has a password of one's own in the file that libpq looks into, and TLS with the authority of the server.
    with_tls(fresh)
    fresh.rule("hostssl all wang 127.0.0.1/32 scram-sha-256")
    passwords = tmp_path / "passwords"
    passwords.write_text("*:*:*:wang:...\n")
    passwords.chmod(0o600)
    for name in ("PGPASSWORD", "PGUSER", "PGHOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    address = f"postgresql://wang@127.0.0.1:{fresh.port}/xingtu?sslmode=verify-full&sslrootcert={CERTIFICATE}"
    monkeypatch.setenv("XINGTU_FRAMES_CACHE", address)
    client = make_client(cache=None)
    assert xf.fetch_profiles(["1", "2"], client=client)["kol_id"].tolist() == ["1", "2"]
    assert client.ledger()["asked_by"].tolist() == ["wang"] * 2
    for refused in (lambda: client.set_budget(5), client.store.clear):
        with pytest.raises(xf.CacheError, match="permission denied"):
            refused()
    for deed in ("DELETE FROM answers", "UPDATE answers SET served = 0", "TRUNCATE answers", "DROP TABLE answers"):
        with psycopg.connect(address) as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute(deed)
    said = run("doctor").out
    assert "the connection is encrypted" in said
    assert "may add answers, and may not delete them" in said
    # What else an analyst does from day to day needs no further right.
    assert run("cache", "export", tmp_path / "mine.sqlite").status == 0
    assert run("cache", "import", tmp_path / "mine.sqlite").status == 0
    assert run("cache", "info").status == 0
    assert "none" in run("budget").out
    # The administrator sets the budget, and the analyst meets it.
    assert run("budget", "3", "--cache", fresh.address("xingtu")).status == 0
    assert len(xf.fetch_profiles(["1", "2", "3"], client=client)) == 3
    with pytest.raises(xf.BudgetExceededError):
        xf.fetch_profiles(["4"], client=client)
    assert server.hits() == 3
