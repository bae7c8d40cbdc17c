"""Make the synthetic sample creators: ``creators.json`` and ``shortlist.csv``.

``creators.toml`` says who they are and which awkward shapes each one has. Everything
is invented; the rest of the numbers comes from one seeded generator, so every run
writes the same bytes.
"""

import csv
import json
import tomllib
from pathlib import Path

from synthetic.base import answers
from synthetic.creator import SEED, Creator, Data, Dice

HERE = Path(__file__).parent


def creators_json(rows: list[Data]) -> str:
    """Return the file of answers, one to a line."""
    about = f"SYNTHETIC, made by data/make_creators.py with seed {SEED}; no real creator"
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{{"about": {json.dumps(about)}, "answers": [\n{lines}\n]}}\n'


def write_shortlist(path: Path, creators: list[Creator]) -> None:
    """Write ids and display names; none is a formula to a spreadsheet."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["kol_id", "name"])
        writer.writerows([c.kol_id, c.name.lstrip("=")] for c in creators)


def main() -> None:
    """Write both files next to this one."""
    spec = tomllib.loads((HERE / "creators.toml").read_text(encoding="utf-8"))
    creators = [Creator(**entry) for entry in spec["creators"]]
    dice = Dice(SEED)
    rows = [row for c in creators for row in answers(c, dice, spec["labels"])]
    (HERE / "creators.json").write_bytes(creators_json(rows).encode())
    write_shortlist(HERE / "shortlist.csv", creators)
    print(f"{len(rows)} answers of {len(creators)} creators")


if __name__ == "__main__":
    main()
