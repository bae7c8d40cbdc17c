"""The presets: whole weights of metrics with a direction, read-only, printed with whose they are."""

from __future__ import annotations

import pytest

import xingtu_frames as xf

PRINTED = """\
性价比 (value_for_money): the most for each yuan
  35%  cost_performance_index  higher is better  性价比指数
  30%  cpm_21_60s              lower  is better  预期CPM(21-60秒)
  25%  cpe_21_60s              lower  is better  预期CPE(21-60秒)
  10%  interact_rate           higher is better  互动率
These weights are ours, not the provider's: a starting point, to be changed to what you are after."""

presets = pytest.mark.parametrize("preset", xf.PRESETS.values(), ids=lambda preset: preset.english)


def test_the_four_goals() -> None:
    assert list(xf.PRESETS) == ["传播", "种草", "转化", "性价比"]
    assert [preset.english for preset in xf.PRESETS.values()] == ["spread", "seeding", "conversion", "value_for_money"]
    assert all(name == preset.name for name, preset in xf.PRESETS.items())


@presets
def test_weights_are_whole_percents_of_metrics_with_a_direction(preset: xf.Preset) -> None:
    assert sum(preset.weights.values()) == pytest.approx(1)
    assert all(weight * 100 == pytest.approx(round(weight * 100)) for weight in preset.weights.values())
    assert all(xf.METRICS[name].direction for name in preset.weights)
    assert list(preset.weights.values()) == sorted(preset.weights.values(), reverse=True)


@presets
def test_a_preset_scores_the_sample_creators(preset: xf.Preset, sample: xf.Client) -> None:
    scored = xf.score(xf.compare(xf.sample_ids(), metrics=preset.weights, client=sample), preset)
    assert scored.attrs["weights"] == dict(preset.weights)
    assert scored["score"].notna().all()


@presets
def test_a_preset_prints_itself(preset: xf.Preset) -> None:
    head, *lines, whose = repr(preset).splitlines()
    assert head == f"{preset.name} ({preset.english}): {preset.goal}"
    assert whose.startswith("These weights are ours, not the provider's")
    for line, (name, weight) in zip(lines, preset.weights.items(), strict=True):
        metric = xf.METRICS[name]
        assert line.split() == [f"{weight:.0%}", name, metric.direction, "is", "better", metric.label_zh]


def test_a_printed_preset_stands_in_columns() -> None:
    assert repr(xf.PRESETS["性价比"]) == PRINTED


def test_a_preset_cannot_be_changed() -> None:
    preset = xf.PRESETS["传播"]
    with pytest.raises(TypeError):
        xf.PRESETS["mine"] = preset
    with pytest.raises(TypeError):
        preset.weights["followers"] = 1
    with pytest.raises(AttributeError):
        preset.goal = "mine"
