"""A picture becomes a file."""

from __future__ import annotations

import io
import os
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from ..arguments import is_number
from ..errors import FileError, ParameterError, a_kind, must_be, quoted
from ..files.whole import write_whole

_METADATA: dict[str, dict[str, None]] = {
    # The name of the drawing library, its version and the time would make the same picture another file.
    ".png": {"Software": None},
    ".pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    ".svg": {"Creator": None, "Date": None},
    ".jpg": {},
    ".jpeg": {},
}
_LEAST, _MOST = 20, 1200


def save_picture(picture: Axes | Figure, path: str | os.PathLike[str], *, dpi: float = 150) -> Path:
    """Write a picture to a file, whole or not at all.

    The file has the size of the figure, in inches times ``dpi``; nothing is cut off. A folder that is missing is not
    made.

    Parameters
    ----------
    picture
        What a ``plot_`` function returns, or axes or a figure of your own.
    path
        The file: ``.png``, ``.jpg``, ``.pdf`` or ``.svg``. An old one is replaced.
    dpi
        Dots per inch, from 20 to 1200.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ParameterError
        ``picture`` is neither axes nor a figure, ``path`` has another ending, or ``dpi`` is not a number in that
        range.
    FileError
        The folder does not exist, the file is open elsewhere or cannot be written.

    Notes
    -----
    Costs no request.
    """
    figure = _figure(picture)
    if not isinstance(path, str | os.PathLike):
        raise must_be("path", "text or a Path", a_kind(path))
    kind = Path(path).suffix.lower()
    if kind not in _METADATA:
        raise must_be("path", f"a file that ends in {', '.join(_METADATA)}", quoted(os.fspath(path)))
    if not is_number(dpi) or not _LEAST <= dpi <= _MOST:
        raise must_be("dpi", f"a number from {_LEAST} to {_MOST}", quoted(dpi))
    folder = Path(path).resolve().parent
    if not folder.is_dir():
        raise FileError(f"cannot write {path}: the folder {folder} does not exist; create it first")
    data = io.BytesIO()
    figure.savefig(data, format=kind[1:], dpi=dpi, metadata=_METADATA[kind] or None)
    return write_whole(path, data.getvalue())


def _figure(picture: object) -> Figure:
    if isinstance(picture, Axes | SubFigure):
        picture = picture.figure.figure
    if isinstance(picture, Figure):
        return picture
    if isinstance(picture, str | os.PathLike):
        raise ParameterError("save_picture(picture, path): the path comes last; these two are swapped")
    raise must_be("picture", "axes or a figure, as plot_ functions return them", a_kind(picture))
