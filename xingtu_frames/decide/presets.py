"""Weights for the usual goals of a campaign: ours, a place to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..board.metrics import METRICS
from ..errors import no_such
from ..tables.lookup import Lookup

_WHOSE = "These weights are ours, not the provider's: a starting point, to be changed to what you are after."


@dataclass(frozen=True, slots=True, repr=False)
class Preset:
    """Weights for one goal. It prints itself; ``dict(preset.weights)`` is a copy to change.

    Attributes
    ----------
    name
        The goal in Chinese, its key in ``PRESETS``.
    english
        The goal in English; `score` knows it as well.
    goal
        What the campaign is after.
    weights
        Metric -> weight, read-only; they sum to 1.
    """

    name: str
    english: str
    goal: str
    weights: Mapping[str, float]

    def __repr__(self) -> str:
        longest = max(map(len, self.weights))
        lines = [
            f"{weight:5.0%}  {metric:<{longest}}  {METRICS[metric].direction:<6} is better  {METRICS[metric].label_zh}"
            for metric, weight in self.weights.items()
        ]
        return "\n".join([f"{self.name} ({self.english}): {self.goal}", *lines, _WHOSE])


def _preset(name: str, english: str, goal: str, **weights: float) -> Preset:
    return Preset(name, english, goal, MappingProxyType(weights))


_PRESETS = (
    _preset(
        "传播",
        "spread",
        "as many people as possible see it",
        spread_index=0.30,
        play_median=0.25,
        cpm_21_60s=0.20,
        completion_rate=0.15,
        interact_rate=0.10,
    ),
    _preset(
        "种草",
        "seeding",
        "people take to the product",
        seeding_index=0.35,
        interact_rate=0.25,
        cpe_21_60s=0.15,
        completion_rate=0.15,
        connected_users=0.10,
    ),
    _preset(
        "转化",
        "conversion",
        "people act: they click and buy",
        conversion_index=0.45,
        cpe_21_60s=0.20,
        interact_rate=0.20,
        cost_performance_index=0.15,
    ),
    _preset(
        "性价比",
        "value_for_money",
        "the most for each yuan",
        cost_performance_index=0.35,
        cpm_21_60s=0.30,
        cpe_21_60s=0.25,
        interact_rate=0.10,
    ),
)

PRESETS: Lookup[Preset] = Lookup(
    {preset.name: preset for preset in _PRESETS},
    "presets",
    {
        "english": lambda preset: preset.english,
        "goal": lambda preset: preset.goal,
        "weights": lambda preset: ", ".join(f"{metric} {weight:.0%}" for metric, weight in preset.weights.items()),
    },
)
"""Weights for the usual goals by Chinese name, read-only: 传播, 种草, 转化, 性价比. Each prints itself."""


def preset_named(name: str) -> Preset:
    """Return the preset of that Chinese or English name."""
    by_name = {key: preset for preset in _PRESETS for key in (preset.name, preset.english)}
    if name not in by_name:
        raise no_such("preset", [name], by_name)
    return by_name[name]
