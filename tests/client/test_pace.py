"""How fast is asked: as fast as the server takes it, found out at a low price; no slower than needed, no longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

import xingtu_frames as xf
from tests.limiters import Bucket, Fixed, Limiter, Simulation, Sliding
from tests.loopback import Loopback, Reply, Seen, fail, ok
from xingtu_frames.client import pace as pace_module
from xingtu_frames.client.batch import StoppedError
from xingtu_frames.client.pace import Pace, Ticket
from xingtu_frames.errors import RateLimitedError, TransportError

MakeClient = Callable[..., xf.Client]
REFUSED = RateLimitedError("too fast", code=302, retryable=True)
LIMITERS: dict[str, Callable[[int, int], Limiter]] = {
    "sliding window": lambda most, seed: Sliding(most),
    "token bucket": lambda most, seed: Bucket(most),
    "token bucket with little room": lambda most, seed: Bucket(most, 5),
    "fixed window": lambda most, seed: Fixed(most, seed * 0.17),
}


class Clock:
    """A clock that is set by hand, and an event whose waiting moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_module, "cool_down", lambda episodes: 0.0)


def ids(count: int) -> list[str]:
    return [str(7_000_000_000_000_000_000 + n) for n in range(count)]


def taken(pace: Pace) -> Ticket:
    given = pace.ask()
    assert isinstance(given, Ticket), f"{given} s to wait"
    return given


def left(pace: Pace) -> float:
    given = pace.ask()
    assert isinstance(given, float), "nothing to wait for"
    return given


# --- the limit of a server


@pytest.mark.each_once
@pytest.mark.parametrize("latency_s", [0.002, 0.05, 0.2, 1.0])
@pytest.mark.parametrize("most", [5, 20, 50])
@pytest.mark.parametrize("kind", LIMITERS)
def test_few_are_refused_and_nobody_fails(kind: str, most: int, latency_s: float) -> None:
    for seed in range(5):
        done = Simulation(LIMITERS[kind](most, seed), latency_s, seed=seed).run(200)
        assert done.sent == 200 + done.refused
        assert done.failed == 0
        assert done.refused <= 0.1 * done.sent, f"seed {seed}: {done.refused} of {done.sent}"


@pytest.mark.parametrize("kind", LIMITERS)
def test_a_long_batch_is_refused_even_less(kind: str) -> None:
    done = Simulation(LIMITERS[kind](20, 1), 0.1, seed=1).run(3000)
    assert done.failed == 0
    assert done.refused <= 0.03 * done.sent


@pytest.mark.slow
def test_a_real_server_with_a_limit_refuses_few_and_nobody_fails(make_client: MakeClient, server: Loopback) -> None:
    limiter, refused = Sliding(40), []

    def answer(seen: Seen) -> Reply:
        if limiter.accepts(time.monotonic()):
            return ok({})
        refused.append(seen.kol_id)
        return fail(302, "too many requests", status=429)

    server.answer = answer
    client = make_client(max_workers=8)
    assert len(xf.fetch_profiles(ids(160), client=client)) == 160
    assert server.charged == 160
    assert server.hits() == 160 + len(refused) == len(client.ledger())
    assert len(refused) <= 0.1 * server.hits()


def test_nothing_is_held_back_before_the_server_refuses(clock: Clock) -> None:
    pace = Pace(clock=clock)
    for _ in range(500):
        pace.learn(taken(pace), None)
    assert pace.gap == 0


def test_after_a_refusal_all_rest_then_one_tries_and_the_others_follow_evenly(clock: Clock) -> None:
    pace = Pace(clock=clock)
    tickets = [taken(pace) for _ in range(30)]
    for ticket in tickets[:20]:
        pace.learn(ticket, None)
    for ticket in tickets[20:]:
        pace.learn(ticket, REFUSED)
    assert pace.gap == pytest.approx(1 / 12), "refusals of one burst count once"
    assert 1.0 <= left(pace) <= 1.25
    clock.now += 1.25
    first = taken(pace)
    clock.now += 0.5
    assert left(pace) > 0, "the others wait until the first is accepted"
    pace.learn(first, None)
    moments = []
    while len(moments) < 13:
        given = pace.ask()
        if isinstance(given, Ticket):
            moments.append(clock.now)
        else:
            clock.now += given
    assert moments[-1] - moments[0] == pytest.approx(12 / 12.1, rel=0.05)


def test_each_further_refusal_slows_and_what_is_accepted_speeds_up_slowly(clock: Clock) -> None:
    pace = Pace(clock=clock)
    for ticket in [taken(pace) for _ in range(20)]:
        pace.learn(ticket, None)
    gaps = []
    for _ in range(3):
        pace.learn(taken(pace), REFUSED)
        gaps.append(pace.gap)
        clock.now += 30
        pace.learn(taken(pace), None)
        clock.now += 30
    assert gaps == sorted(set(gaps))
    before = pace.gap
    for _ in range(10):
        pace.learn(taken(pace), None)
        clock.now += before
    assert before / 2 < pace.gap < before


def test_a_limit_is_forgotten_after_a_long_time(clock: Clock) -> None:
    pace = Pace(clock=clock)
    pace.learn(taken(pace), REFUSED)
    clock.now += 299
    taken(pace)
    assert pace.gap > 0
    clock.now += 2
    for _ in range(20):
        taken(pace)
    assert pace.gap == 0


def test_an_answer_under_way_when_another_was_refused_raises_the_pace(clock: Clock) -> None:
    pace = Pace(clock=clock)
    tickets = [taken(pace) for _ in range(16)]
    pace.learn(tickets[15], REFUSED)
    slow = pace.gap
    clock.now += 3
    for ticket in tickets[:15]:
        pace.learn(ticket, None)
    assert pace.gap == pytest.approx(1 / 9) != slow


def test_a_request_that_never_left_says_nothing_about_the_server(clock: Clock) -> None:
    pace = Pace(clock=clock)
    pace.learn(taken(pace), REFUSED)
    clock.now += 30
    for nothing in (xf.CacheError("locked"), StoppedError(), TransportError("no network", billed="no")):
        pace.learn(taken(pace), nothing)
        assert pace.refused_in_row == 1
        clock.now += 30
    pace.learn(taken(pace), TransportError("cut off"))
    assert pace.refused_in_row == 0, "it was taken, whatever became of the answer"


@pytest.mark.parametrize(("asked", "rest"), [(0.0, 1.0), (0.4, 1.0), (30.0, 30.0), (60.0, 60.0)])
def test_retry_after_is_honoured_by_all(clock: Clock, asked: float, rest: float) -> None:
    pace = Pace(clock=clock)
    tickets = [taken(pace) for _ in range(2)]
    pace.learn(tickets[0], RateLimitedError(code=302, retryable=True, retry_after=asked))
    assert rest <= left(pace) <= max(rest, 1.25)
    pace.learn(tickets[1], RateLimitedError(code=302, retryable=True, retry_after=55.0))
    assert left(pace) >= 55


# --- a server that goes on refusing


@pytest.mark.slow
@pytest.mark.usefixtures("_no_rest")
@pytest.mark.parametrize(("retries", "most"), [(0, 4 + 3), (1, 4 + 3), (3, 4 + 3), (5, 4 + 5)])
def test_a_server_that_refuses_for_ever_ends_the_batch(
    make_client: MakeClient, server: Loopback, retries: int, most: int
) -> None:
    server.answer = lambda seen: fail(302, "too many requests", status=429)
    client = make_client(max_workers=4, retries=retries)
    with pytest.raises(xf.RateLimitedError, match="too many requests") as caught:
        xf.fetch_profiles(ids(100), client=client)
    assert caught.value.retryable
    assert retries + 1 <= server.hits() <= most + 4
    assert set(client.ledger()["billed"]) == {"no"}
    server.answer = lambda seen: ok({})
    assert len(xf.fetch_profiles(ids(3), client=client)) == 3, "the next batch tries again at once"


@pytest.mark.usefixtures("_no_rest")
def test_what_was_not_asked_says_why_and_what_arrived_is_delivered(make_client: MakeClient, server: Loopback) -> None:
    server.answer = lambda seen: ok({}) if server.hits() <= 10 else fail(302, "too many requests")
    client = make_client(max_workers=2, retries=1)
    with pytest.warns(xf.PartialResultWarning, match=r"30 of 40 creators .*code 302 \(30\)"):
        frame = xf.fetch_profiles(ids(40), client=client)
    assert len(frame) == 10
    sent = server.hits()
    assert sent < 20
    errors = [failure["error"] for failure in frame.attrs["failures"]]
    unsent = [error for error in errors if "not sent, because the server refused" in error]
    assert len(unsent) >= 40 - sent
    assert all(failure["retryable"] and failure["code"] == 302 for failure in frame.attrs["failures"])


@pytest.mark.slow
@pytest.mark.usefixtures("_no_rest")
def test_one_creator_that_is_always_refused_fails_alone(make_client: MakeClient, server: Loopback) -> None:
    cursed = ids(60)[0]
    server.answer = lambda seen: fail(302) if seen.kol_id == cursed else ok({})
    client = make_client(max_workers=4, retries=1)
    with pytest.warns(xf.PartialResultWarning):
        frame = xf.fetch_profiles(ids(60), client=client)
    assert [failure["kol_id"] for failure in frame.attrs["failures"]] == [cursed]
    assert server.counts()["get_author_base_info", cursed] <= 1 + 1 + 5


def test_a_long_retry_after_stops_the_others_too(make_client: MakeClient, server: Loopback) -> None:
    server.answer = lambda seen: fail(302, headers={"Retry-After": "3600"})
    with pytest.raises(xf.RateLimitedError, match="wait 3600 s"):
        xf.fetch_profiles(ids(60), client=make_client(max_workers=4))
    assert server.hits() <= 4


@pytest.mark.usefixtures("_no_rest")
def test_refused_requests_count_for_max_calls(make_client: MakeClient, server: Loopback) -> None:
    server.script(fail(302), fail(302))
    client = make_client(max_calls=4, max_workers=1)
    with pytest.raises(xf.BudgetExceededError):
        xf.fetch_profiles(ids(3), client=client)
    assert (server.hits(), server.charged) == (4, 2)


@pytest.mark.usefixtures("_no_rest")
def test_a_refusal_does_not_use_up_the_tries_for_other_failures(make_client: MakeClient, server: Loopback) -> None:
    server.script(fail(302), fail(301), fail(302))
    assert len(xf.fetch_profiles(ids(1), client=make_client(retries=1))) == 1
    assert server.hits() == 4


# --- waiting ends when the batch does


@pytest.mark.parametrize("why", ["rest", "pace", "store"])
def test_waiting_ends_when_the_batch_stops(why: str) -> None:
    pace = Pace(0.001, lambda gap: 500.0) if why == "store" else Pace(0.001)
    if why == "rest":
        pace.learn(taken(pace), RateLimitedError(code=302, retryable=True, retry_after=60.0))
    elif why == "pace":
        taken(pace)
    stop = threading.Event()

    def wait() -> None:
        with pace.turn(stop):
            raise AssertionError("a turn was given")

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(wait) for _ in range(4)]
        resting = pool.submit(pace.rest, stop)
        assert not any(one.done() for one in waiting)
        stop.set()
        assert all(isinstance(one.exception(timeout=60), StoppedError) for one in waiting)
        resting.result(timeout=60)


# --- turns that all processes share


def test_one_thread_at_a_time_asks_the_store_for_a_turn(clock: Clock) -> None:
    asked, together, gate = [], [], threading.Event()
    inside = threading.Event()

    def turn(gap: float) -> float:
        asked.append(gap)
        together.append(len(asked))
        inside.set()
        gate.wait(60)
        return 0.0

    pace = Pace(2, turn, clock=clock)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(pace.ask)
        assert inside.wait(60)
        assert 0 < left(pace) < 1
        gate.set()
        assert isinstance(first.result(timeout=60), Ticket)
    assert asked == [0.5]


def test_the_store_says_when_to_ask_again_and_the_slower_pace_counts(clock: Clock) -> None:
    answers = [7.0, 0.0, 0.0]
    pace = Pace(2, lambda gap: answers.pop(0), clock=clock)
    assert left(pace) == 7.0
    clock.now += 6.0
    assert left(pace) == pytest.approx(1.0)
    assert len(answers) == 2, "not asked before it is time"
    clock.now += 1.0
    pace.learn(taken(pace), REFUSED)
    assert pace.gap == 1.0, "slower than the two a second that the user allows"
    clock.now += 5.0
    taken(pace)
    assert answers == []


def test_clients_that_share_a_store_share_the_bound(make_client: MakeClient, server: Loopback) -> None:
    times: list[float] = []
    server.answer = lambda seen: (times.append(time.monotonic()), ok({}))[1]
    clients = [make_client(per_second=20) for _ in range(2)]
    asked, began = ids(32), time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        halves = [asked[:16], asked[16:]]
        frames = list(pool.map(lambda one: xf.fetch_profiles(one[0], client=one[1]), zip(halves, clients, strict=True)))
    assert [len(frame) for frame in frames] == [16, 16]
    assert max(times) - began >= 0.8 * 31 / 20


def test_a_store_that_cannot_give_a_turn_is_an_error_and_nobody_else_waits_for_it(clock: Clock) -> None:
    def turn(gap: float) -> float:
        raise xf.CacheError("the cache is held by another process")

    pace = Pace(2, turn, clock=clock)
    for _ in range(2):
        with pytest.raises(xf.CacheError, match="held"):
            pace.ask()
