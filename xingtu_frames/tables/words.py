"""Words: of the comments, and of the content. Known from client code alone; what is counted is unconfirmed."""

from __future__ import annotations

from collections.abc import Iterator

from .read import Fields
from .schema import Answer, Column, Row, Table


def _comment_words(data: Fields) -> Iterator[Row]:
    for position, word in enumerate(data.items("hot_comment_tokens"), start=1):
        yield position, word.name("comment_token"), word.number("hot_rate")


COMMENT_WORDS = Table(
    "comment_words",
    "评论热词",
    row="creator x word",
    row_zh="达人 × 词",
    key=("word",),
    answer=Answer("get_author_hot_comment_tokens", keys=("hot_comment_tokens",)),
    parse=_comment_words,
    cells=(
        Column(
            "position",
            "Int64",
            "",
            "序号",
            "place in the answer, 1 is first; likely the most frequent word",
            "在应答中的位置，1 为第一；很可能按热度排列",
            confidence="likely",
        ),
        Column(
            "word",
            "str",
            "",
            "热词",
            "a word, likely a frequent one of the comments",
            "很可能是评论中常见的词",
            confidence="likely",
        ),
        Column(
            "hot_rate",
            "float64",
            "as sent",
            "热度",
            "how hot the word is; the unit is unconfirmed",
            "该词的热度；单位未确认",
            confidence="unconfirmed",
        ),
    ),
    listing=True,
    evidence="shape",
)


def _content_words(data: Fields) -> Iterator[Row]:
    weights = data.block("keyword_item_distribution")
    found = [(str(word), weights.number(word)) for word in weights.single()]
    found.sort(key=lambda pair: (pair[1] is None, -(pair[1] or 0), pair[0]))
    for position, (word, weight) in enumerate(found, start=1):
        yield position, word, weight


CONTENT_WORDS = Table(
    "content_words",
    "内容热词",
    row="creator x word",
    row_zh="达人 × 词",
    key=("word",),
    answer=Answer("get_author_content_hot_keywords", keys=("keyword_item_distribution", "keyword_map")),
    parse=_content_words,
    cells=(
        Column(
            "position",
            "Int64",
            "",
            "序号",
            "place by weight, 1 is the largest; that a larger weight says more is likely",
            "按权重排列的位置，1 为最大；权重越大很可能越重要",
            confidence="likely",
        ),
        Column(
            "word",
            "str",
            "",
            "热词",
            "a word, likely of titles and texts of the videos",
            "很可能是视频标题和文案中的词",
            confidence="likely",
        ),
        Column(
            "weight",
            "float64",
            "as sent",
            "权重",
            "weight of the word; the unit is unconfirmed",
            "该词的权重；单位未确认",
            confidence="unconfirmed",
        ),
    ),
    listing=True,
    evidence="shape",
)

TABLES = (COMMENT_WORDS, CONTENT_WORDS)
