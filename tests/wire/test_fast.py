"""Extra `fast`: msgspec reads what it reads as the standard library does, and leaves the rest to it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import example, given, strategies as st

import xingtu_frames as xf
from tests.golden import PAIRS
from tests.quick import each
from xingtu_frames.wire import envelope
from xingtu_frames.wire.envelope import MOST_NESTED

pytest.importorskip("msgspec", reason="extra fast is not installed")


def outcome(body: bytes) -> str:
    """Return what is read, to the type and the sign of a zero, or which error there is."""
    try:
        return repr(envelope._loads(body))
    except (ValueError, RecursionError) as error:
        return f"refused ({type(error).__name__})"


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], tuple[str, str]]:
    def read(body: bytes) -> tuple[str, str]:
        with monkeypatch.context() as patch:
            quick = outcome(body)
            patch.setattr(envelope, "_fast", None)
            return quick, outcome(body)

    return read


ODD = (
    *("18446744073709551615", "18446744073709551616", "-9223372036854775809", "9007199254740993", "1" + "0" * 30),
    *("1" * 4_301, "-0", "-0.0", "1e400", "-1e400", "1e-400", "5e-324", "1.7976931348623159e308", "8.5e22"),
    *("NaN", "-NaN", "Infinity", "-Infinity", "1_0", "0x1", "01", "+1", "1.", ".5", "-", "1e", "\u0661"),
    *('"\\ud800"', '"\\ud83d\\ude00"', '"\\ud83dx"', '"\\uDC00"', '"\\u0000"', '"\\x"', '"\\u12"', '"\x01"', '"\t"'),
    *('"\u2028\x7f"', '{"a":1,"b":2,"a":3}', '{"a":1,"a":NaN}', '{"":1}', "{1:2}", "{'a':1}", "[1,]", '{"a":1,}'),
    *("", "  1\r\n", "1 2", "\ufeff1", "\u00a01", "[1\x0c]", "nul", "True", "/**/1", '"open', "[]]"),
    *("[" * MOST_NESTED + "]" * MOST_NESTED, "[" * (MOST_NESTED + 1) + "]" * (MOST_NESTED + 1)),
    *('[{"a":' * 60 + "1" + "}]" * 60, '"' + "[" * 200 + '"', '"\\"' + "[" * 200 + '"'),
)


@each("text", ODD)
def test_odd_texts_read_the_same(text: str, both: Callable[[bytes], tuple[str, str]]) -> None:
    for body in (text.encode(), f'{{"code": 0, "data": [{text}, 1]}}'.encode()):
        quick, slow = both(body)
        assert quick == slow


@pytest.mark.parametrize(
    "body",
    [b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'{"\xff":1}', b'"\xe2\x82"', "1".encode("utf-16"), b'"\xff', b""],
)
def test_what_is_not_utf_8_is_refused_the_same(body: bytes, both: Callable[[bytes], tuple[str, str]]) -> None:
    quick, slow = both(body)
    assert quick == slow
    assert quick.startswith("refused")


digits = st.text("0123456789", min_size=1, max_size=30)
numbers = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "-"]),
    digits.map(lambda text: text.lstrip("0") or "0"),
    st.one_of(st.just(""), digits.map(".{}".format)),
    st.one_of(st.just(""), st.builds("{}{}".format, st.sampled_from(["e", "E-", "e+"]), st.integers(0, 400))),
)
texts = st.one_of(
    st.text(max_size=8).map(json.dumps),
    st.text(max_size=8).map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.lists(st.sampled_from(["\\ud83d", "\\ude00", "\\u4e2d", "\\n", "中", "x"]), max_size=4).map(
        lambda parts: '"' + "".join(parts) + '"'
    ),
)
words = st.sampled_from(["null", "true", "false", "NaN", "Infinity", "-Infinity"])


def _object(members: list[tuple[str, str]]) -> str:
    # Names come twice, as they are: nothing but a reader decides which value stands.
    return "{" + ", ".join(f"{name}: {value}" for name, value in members) + "}"


json_texts = st.recursive(
    st.one_of(numbers, texts, words),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda members: f"[{' ,'.join(members)}]"),
        st.lists(st.tuples(st.sampled_from(['"a"', '"b"', '"\\u0061"', '"中"']), inner), max_size=4).map(_object),
    ),
    max_leaves=12,
)


@given(
    text=json_texts, cut=st.integers(0, 60), put=st.sampled_from(["", "", "", ",", '"', "]", "\\", "0", " ", "\x00"])
)
@example(text='{"a": 1}', cut=60, put="")
def test_any_text_reads_the_same(text: str, cut: int, put: str) -> None:
    body = (text[:cut] + put + text[cut:]).encode("utf-8", "surrogatepass")
    quick, kept = outcome(body), envelope._fast
    envelope._fast = None
    try:
        assert quick == outcome(body)
    finally:
        envelope._fast = kept


def test_every_captured_answer_is_read_by_msgspec(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [json.dumps({"code": 0, "data": pair.data}).encode() for pair in PAIRS.values()]
    slow = [json.loads(body) for body in bodies]
    monkeypatch.setattr(envelope.json, "loads", None)
    assert [envelope._loads(body) for body in bodies] == slow


def test_frames_are_the_same_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with xf.sample_client() as client:
        quick = xf.compare(xf.sample_ids()[:3], metrics="all", client=client)
        monkeypatch.setattr(envelope, "_fast", None)
        slow = xf.compare(xf.sample_ids()[:3], metrics="all", client=client)
    columns = [column for column in quick.columns if column != "age_days"]
    assert quick[columns].equals(slow[columns])


def test_without_it_the_standard_library_reads_everything() -> None:
    program = (
        "import sys; sys.modules['msgspec'] = None\n"
        "from xingtu_frames.wire import envelope\n"
        'print(envelope._fast, envelope.judge(b\'{"code": 0, "data": NaN}\').answered)'
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["None", "True"]


def test_numbers_in_the_spelling_of_the_wire_are_left_to_the_standard_library() -> None:
    assert envelope._loads(b"[1.50, 18446744073709551616]", as_written=True) == ["1.50", "18446744073709551616"]
