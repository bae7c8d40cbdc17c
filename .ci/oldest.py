"""Print constraints that pin every run-time dependency to the oldest version that pyproject.toml allows."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
extras = project["optional-dependencies"]
for requirement in [*project["dependencies"], *extras["parquet"], *extras["pptx"], *extras["team"], *extras["fast"]]:
    found = re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[[a-z]+\])?>=([0-9.]+)", requirement)
    if not found:
        raise SystemExit(f"no lower bound in {requirement!r}")
    # A bound such as 2.2 stands for its newest patch release: the first ones have no wheel for every Python.
    print(f"{found[1]}=={found[2]}" + (".*" if found[2].count(".") < 2 else ""))
