"""What holds for every test of a picture."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import pytest
from matplotlib import pyplot as plt


@pytest.fixture(autouse=True)
def _nothing_global() -> Iterator[None]:
    """Check that what is drawn leaves the settings of matplotlib alone."""
    before = matplotlib.rcParams.copy()
    yield
    assert matplotlib.rcParams == before
    plt.close("all")
