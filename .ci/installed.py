"""Use the installed package in the folder at hand, and fail where it is not what was promised.

With the word ``all`` behind it every extra has to be there; without it none is.
"""

import subprocess
import sys
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

import xingtu_frames as xf
from xingtu_frames.errors import EXTRAS

FILES = ("shortlist.xlsx", "board.csv", "scores.csv")
TYPED = "import xingtu_frames as xf\nversion: str = xf.__version__\nboard = xf.compare(xf.sample_ids())\n"


def program(*words: str) -> str:
    """Run the entry point and return what it prints."""
    command = [str(Path(sys.executable).with_name("xingtu-frames")), *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def check(what: str, *, is_so: bool) -> None:
    """Stop where something is not so."""
    if not is_so:
        sys.exit(f"the installed package: {what}")


package = Path(xf.__file__).parent
has_all = sys.argv[1:] == ["all"]
check("it is not the installed one", is_so=package.is_relative_to(sys.prefix))
check("its version is not that of its metadata", is_so=distribution("xingtu_frames").version == xf.__version__)
check("py.typed is missing", is_so=(package / "py.typed").is_file())
check("it installs tests or data at the top level", is_so=not any(map(find_spec, ("tests", "data", "notebooks"))))
check("the program has another version", is_so=program("--version").split() == ["xingtu-frames", xf.__version__])
missing = [name for name, extra in EXTRAS.items() if not extra.is_installed()]
check(f"the extras {missing} are missing", is_so=not has_all or not missing)
check(
    "doctor does not name the missing extras", is_so=all(EXTRAS[name].remedy in program("doctor") for name in missing)
)
if has_all:
    subprocess.run([sys.executable, "-m", "mypy", "--strict", "-c", TYPED], check=True)
else:
    program("demo", "--out", "out")
    made = {path.name for path in Path("out").rglob("*") if path.is_file() and path.stat().st_size}
    check(f"demo made {sorted(made)}", is_so=made >= set(FILES) and any(name.endswith(".png") for name in made))
