"""The pages of the site in their order, and the settings of the two builds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

import xingtu_frames as xf

from . import tables
from .markdown import Language

_SEPARATOR = r"[\s\u200b\-,:!=\[\]()\"`/.|]+"
"""Where the search parts words; the Chinese of a page is parted by the builder. A name with underscores stays whole."""

HOME = Path(__file__).resolve().parents[1]

_SECTIONS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "开始",
        "Start",
        (
            ("index.md", "首页", "Home"),
            ("start.md", "两分钟开始", "Start in two minutes"),
            ("costs.md", "费用、配额与承诺", "Costs, quota and promises"),
            ("command.md", "命令行", "Command line"),
            ("questions.md", "常见问题", "Questions"),
            ("errors.md", "错误代码", "Errors"),
        ),
    ),
    (
        "一次投放",
        "A booking",
        (
            ("booking/find.md", "找人", "Find"),
            ("booking/screen.md", "初筛", "Screen"),
            ("booking/match.md", "人群匹配", "Match"),
            ("booking/compare.md", "对比", "Compare"),
            ("booking/price.md", "价格与预算", "Price"),
            ("booking/propose.md", "提报", "Propose"),
            ("booking/track.md", "跟踪", "Track"),
            ("booking/review.md", "复盘", "Review"),
        ),
    ),
    (
        "参考",
        "Reference",
        (
            ("gallery.md", "图", "Gallery"),
            ("metrics.md", "指标", "Metrics"),
            ("glossary.md", "术语", "Glossary"),
            ("api/tables.md", "函数：取表", "Functions: tables"),
            ("api/decisions.md", "函数：比较与决策", "Functions: deciding"),
            ("api/pictures.md", "函数：作图", "Functions: pictures"),
            ("api/files.md", "函数：文件", "Functions: files"),
            ("api/client.md", "函数：客户端与声明", "Functions: client"),
            ("api/errors.md", "错误与警告", "Errors and warnings"),
        ),
    ),
    (
        "团队与规模",
        "Team and scale",
        (
            ("team.md", "团队共用", "A team on one store"),
            ("lake.md", "数据湖", "A lake"),
            ("speed.md", "速度", "Speed"),
            ("contribute.md", "参与开发", "Contribute"),
            ("changelog.md", "更新记录", "Changelog"),
        ),
    ),
)


def navigation(lang: Language) -> Iterator[dict[str, Any]]:
    """Yield the sections of the site."""
    for zh, en, listed in _SECTIONS[:-1]:
        yield _section(lang, zh, en, listed)
    declared: list[Any] = ["tables/index.md"]
    declared += [{tables.title(table, lang): f"tables/{table.name}.md"} for table in xf.TABLES.values()]
    yield {{"zh": "表", "en": "Tables"}[lang]: declared}
    yield _section(lang, *_SECTIONS[-1])


def _section(lang: Language, zh: str, en: str, listed: tuple[tuple[str, str, str], ...]) -> dict[str, Any]:
    titles = [{zh_title if lang == "zh" else en_title: path} for path, zh_title, en_title in listed]
    return {zh if lang == "zh" else en: titles}


def _words() -> Iterator[str]:
    """Yield the field's words, which a general dictionary would take apart."""
    labels = [column.label_zh for table in xf.TABLES.values() for column in table.columns]
    labels += [metric.label_zh for metric in xf.METRICS.values()]
    labels += [table.label_zh for table in xf.TABLES.values()]
    found = {word for label in labels for word in re.findall(r"[\u4e00-\u9fff]{2,6}", label)}
    yield from sorted(found | {"达人", "种草", "提报", "复盘"})


def settings(lang: Language, source: Path, out: Path) -> dict[str, Any]:
    """Return the settings of one language's build."""
    shared = yaml.safe_load((HOME / "mkdocs.yml").read_text("utf-8"))
    about = {
        "zh": "抖音星图达人数据，整理成 pandas 表格",
        "en": "Douyin Xingtu creator data as tidy pandas DataFrames",
    }[lang]
    words = source.parent / "words.txt"
    words.write_text("".join(f"{word} 1000\n" for word in _words()), "utf-8")
    search = {
        "lang": ["zh", "en"] if lang == "zh" else ["en", "zh"],
        "separator": _SEPARATOR,
        "pipeline": ["stopWordFilter"],
        "jieba_dict_user": str(words),
    }
    return {
        **shared,
        "site_description": about,
        "docs_dir": str(source),
        "site_dir": str(out),
        "theme": {
            **shared["theme"],
            "language": lang,
            "custom_dir": str(HOME / "theme"),
        },
        "extra": {**shared["extra"], "alternate": [{"name": "中文", "link": ".", "lang": "zh"}]},
        "plugins": [{"search": search}],
        "nav": list(navigation(lang)),
    }
