"""Make the synthetic sample creators: what ``README.md`` calls generated.

``creators.toml`` says who they are and which awkward shapes each one has. Everything
is invented; the rest of the numbers comes from seeded generators, so every run writes
the same bytes.
"""

import csv
import json
import tomllib
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path

from synthetic import more
from synthetic.base import answers, payloads
from synthetic.creator import NOW, SEED, Creator, Data, Dice
from synthetic.extras import extras

HERE = Path(__file__).parent
ABOUT = f"SYNTHETIC, made by data/make_creators.py with seed {SEED}; no real creator"
PAGES = {
    "get-kol-spread-info": "get_author_spread_info/DAY_30/PERSONAL_VIDEO",
    "get-kol-link-info": "get_author_link_info",
    "get-kol-link-struct": "author_link_struct",
}


def creators_json(rows: list[Data]) -> str:
    """Return the file of the first answers, one to a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{{"about": {json.dumps(ABOUT)}, "answers": [\n{lines}\n]}}\n'


def compact(value: object) -> str:
    """Write JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def answers_json(rows: Iterable[Data]) -> str:
    """Return the file of the further answers, one to a line; all were fetched at one time."""
    lines = ",\n".join(map(compact, rows))
    return f'{{"about":{json.dumps(ABOUT)},"fetched_at":"{NOW}","answers":[\n{lines}\n]}}\n'


def series_json(parts: Data) -> str:
    """Return the file of what the sample client spells out, one creator or video to a line."""
    sections = [f'"about":{json.dumps(ABOUT)}', f'"fetched_at":"{NOW}"']
    for name, part in parts.items():
        if isinstance(part, dict):
            lines = ",\n".join(f"{json.dumps(key)}:{compact(value)}" for key, value in part.items())
            sections.append(f'"{name}":{{\n{lines}\n}}')
        else:
            lines = ",\n".join(map(compact, part))
            sections.append(f'"{name}":[\n{lines}\n]')
    return f"{{{','.join(sections)}}}\n"


def write_shortlist(path: Path, creators: list[Creator]) -> None:
    """Write ids and display names; none is a formula to a spreadsheet."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["kol_id", "name"])
        writer.writerows([c.kol_id, c.name.lstrip("=")] for c in creators)


def provider_pages() -> dict[str, Data]:
    """Return the answers that one creator has from the provider's own pages."""
    pages = {key: HERE / "provider_pages" / f"{name}.json" for name, key in PAGES.items()}
    return {key: json.loads(page.read_text("utf-8"))["data"] for key, page in pages.items()}


def main() -> None:
    """Write the generated files next to this one."""
    spec = tomllib.loads((HERE / "creators.toml").read_text(encoding="utf-8"))
    labels = spec["labels"]
    creators = [Creator(**entry) for entry in spec["creators"]]
    dice = Dice(SEED)
    made = {c.kol_id: list(payloads(c, dice, labels)) for c in creators}
    # Before the awkward shapes; of two answers to one question the newer one comes later.
    firsts = {
        c.kol_id: {key: deepcopy(data) for _, key, data in made[c.kol_id]} | (provider_pages() if c.pages else {})
        for c in creators
    }
    rows = [row for c in creators for row in answers(c, made[c.kol_id])]
    samples = more.all_facts(firsts, creators, labels)
    others = more.all_facts({}, extras(labels), labels)
    further = [
        row for of in ((more.of_sample, samples), (more.of_extra, others)) for one in of[1] for row in of[0](one)
    ]
    (HERE / "creators.json").write_bytes(creators_json(rows).encode())
    (HERE / "answers.json").write_bytes(answers_json(further).encode())
    (HERE / "series.json").write_bytes(series_json(more.series([*samples, *others])).encode())
    write_shortlist(HERE / "shortlist.csv", creators)
    print(f"{len(rows)} answers of {len(creators)} creators")
    print(f"{len(further)} further answers, {len(others)} creators more in the search")


if __name__ == "__main__":
    main()
