from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.coverage import (
    ADVICE,
    MEANS,
    Brought,
    Others,
    Standing,
    advance,
    ended,
    fell_due,
    longest_silence,
    missed,
    overlap_within,
    rolled_over,
)
from crawler.model import Condition, Episode, Fetched, Outcome, Trouble

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORLD = Others(active=40, answered=True, read=True)
"""Everybody else is well."""
NETWORK_DOWN = Others(active=40)
READ = Brought(entries=20)
NEWS = Brought(entries=20, fresh=1)


class Watched:
    """A source through its polls."""

    def __init__(self) -> None:
        self.now = NOW
        self.episodes: tuple[Episode, ...] = ()
        self.over: list[Episode] = []

    def failed(self, trouble: Trouble, *, others: Others = WORLD, ended_since: datetime | None = None) -> Watched:
        standing = Standing(self.episodes, others=others, ended_since=ended_since)
        return self._after(standing, Fetched(Outcome.FAILED, self.now, trouble=trouble), Brought())

    def read(
        self, brought: Brought = NEWS, *, outcome: Outcome = Outcome.OK, arrivals: Sequence[datetime] = ()
    ) -> Watched:
        standing = Standing(self.episodes, arrivals=arrivals, had_entries=True)
        return self._after(standing, Fetched(outcome, self.now), brought)

    def _after(self, standing: Standing, fetched: Fetched, brought: Brought) -> Watched:
        after = advance(standing, fetched, brought, self.now)
        self.over += [each for each in after if each.ended_at is not None]
        self.episodes = tuple(each for each in after if each.ended_at is None)
        return self

    def later(self, span: timedelta = 2 * HOUR) -> Watched:
        self.now += span
        return self

    @property
    def certain(self) -> list[Condition]:
        return [each.condition for each in self.episodes if each.certain_at is not None]


def fails(trouble: Trouble, *, polls: int, every: timedelta, others: Others = WORLD) -> Watched:
    source = Watched()
    for number in range(polls):
        source.later(every if number else timedelta(0)).failed(trouble, others=others)
    return source


@pytest.mark.parametrize(
    ("trouble", "condition", "polls", "lasting"),
    [
        (Trouble.REFUSED, Condition.BLOCKED, 3, 6 * HOUR),
        (Trouble.CHALLENGE, Condition.BLOCKED, 3, 6 * HOUR),
        (Trouble.MISSING, Condition.GONE, 3, DAY),
        (Trouble.NO_NAME, Condition.GONE, 3, DAY),
        (Trouble.NO_ANSWER, Condition.FAILING, 4, 6 * HOUR),
        (Trouble.SERVER, Condition.FAILING, 4, 6 * HOUR),
        (Trouble.UNREADABLE, Condition.FAILING, 4, 6 * HOUR),
        (Trouble.CERTIFICATE, Condition.CERTIFICATE, 3, 6 * HOUR),
        (Trouble.PAGE, Condition.PAGE, 3, 6 * HOUR),
    ],
)
def test_a_trouble_is_told_once_it_lasted(
    trouble: Trouble, condition: Condition, polls: int, lasting: timedelta
) -> None:
    assert fails(trouble, polls=polls, every=lasting / (polls - 1)).certain == [condition]
    assert fails(trouble, polls=polls - 1, every=2 * lasting).certain == [], "too few polls"
    assert fails(trouble, polls=20, every=lasting / 20).certain == [], "too short a time"


@pytest.mark.parametrize("trouble", [Trouble.OURS, Trouble.NO_NETWORK])
def test_what_is_our_own_is_never_the_sources(trouble: Trouble) -> None:
    assert fails(trouble, polls=50, every=DAY).episodes == ()


@pytest.mark.parametrize("trouble", [Trouble.NO_ANSWER, Trouble.NO_NAME])
def test_while_nobody_answers_nobody_is_blamed(trouble: Trouble) -> None:
    assert fails(trouble, polls=100, every=HOUR, others=NETWORK_DOWN).episodes == ()
    source = fails(trouble, polls=5, every=9 * HOUR)
    count = source.episodes[0].polls
    source.later().failed(trouble, others=NETWORK_DOWN)
    assert source.episodes[0].polls == count, "nor is it forgotten what was known before"


@pytest.mark.parametrize("trouble", [Trouble.PAGE, Trouble.REFUSED, Trouble.CERTIFICATE])
def test_the_login_page_of_a_hotel_blames_nobody(trouble: Trouble) -> None:
    hotel = Others(active=40, answered=True, read=False)
    assert fails(trouble, polls=100, every=HOUR, others=hotel).episodes == ()
    assert fails(trouble, polls=5, every=DAY, others=Others(2, answered=True)).certain != []


def test_a_source_alone_in_the_world_is_blamed_after_three_days() -> None:
    assert fails(Trouble.NO_ANSWER, polls=48, every=HOUR, others=Others()).certain == []
    assert fails(Trouble.NO_ANSWER, polls=80, every=HOUR, others=Others()).certain == [Condition.FAILING]


def test_an_accident_is_forgotten_and_a_trouble_ends_after_two_good_polls() -> None:
    source = fails(Trouble.SERVER, polls=2, every=HOUR).later().read()
    assert [(each.certain_at, each.ended_at) for each in source.over] == [(None, source.now)]
    source = fails(Trouble.REFUSED, polls=4, every=3 * HOUR).later().read()
    assert source.certain == [Condition.BLOCKED], "one poll of ten that is let through proves nothing"
    source.later().failed(Trouble.REFUSED).later().read()
    assert source.over == []
    source.later().read()
    assert [(each.condition, each.ended_at) for each in source.over] == [(Condition.BLOCKED, source.now)]
    assert source.over[0].since == NOW


def test_what_was_told_keeps_its_name_and_what_was_not_takes_the_latest() -> None:
    source = fails(Trouble.SERVER, polls=2, every=HOUR).later().failed(Trouble.REFUSED)
    assert source.episodes[0].condition is Condition.BLOCKED
    source.later(6 * HOUR).failed(Trouble.REFUSED).later().failed(Trouble.SERVER)
    assert source.certain == [Condition.BLOCKED]


def test_it_is_told_again_after_a_week_and_then_every_month() -> None:
    source = fails(Trouble.REFUSED, polls=3, every=3 * HOUR)
    told = []
    for _ in range(100):
        source.later(DAY).failed(Trouble.REFUSED)
        told.append(source.episodes[0].reminders)
    assert [told.count(number) for number in range(5)] == [6, 30, 30, 30, 4]


def test_what_is_to_be_told_is_due_since_then() -> None:
    told = Episode(Condition.BLOCKED, NOW, certain_at=NOW + HOUR)
    assert fell_due(told, told=False) == NOW + HOUR
    assert fell_due(replace(told, reminders=1), told=True) == NOW + HOUR + 7 * DAY
    assert fell_due(replace(told, reminders=3), told=True) == NOW + HOUR + 67 * DAY
    assert fell_due(replace(told, reminders=3, ended_at=NOW + 9 * DAY), told=True) == NOW + 9 * DAY


# -- 410 ----------------------------------------------------------------------------------------------------------


def test_a_410_ends_polling_when_it_is_said_again_a_day_later() -> None:
    gone = Fetched(Outcome.FAILED, NOW, trouble=Trouble.ENDED)
    assert not ended(Standing(), gone, NOW)
    assert not ended(Standing(ended_since=NOW - HOUR), gone, NOW)
    assert ended(Standing(ended_since=NOW - DAY), gone, NOW)
    assert not ended(Standing(ended_since=NOW - DAY), Fetched(Outcome.FAILED, NOW, trouble=Trouble.MISSING), NOW)


def test_the_second_410_is_told_whatever_was_told_before() -> None:
    source = Watched().failed(Trouble.ENDED)
    assert source.certain == []
    source.later(DAY).failed(Trouble.ENDED, ended_since=NOW)
    assert source.certain == [Condition.GONE]
    source = fails(Trouble.REFUSED, polls=4, every=3 * HOUR).failed(Trouble.ENDED)
    assert source.certain == [Condition.BLOCKED]
    source.later(DAY).failed(Trouble.ENDED, ended_since=source.now - DAY)
    assert source.certain == [Condition.GONE]
    assert source.episodes[0].reminders == 1, "told once more, as what it is now"


# -- what it says -------------------------------------------------------------------------------------------------

DAILY = [NOW - number * DAY for number in range(60)]
"""The newest first."""


def test_a_source_without_entries_is_empty_unless_it_never_had_any() -> None:
    source = Watched()
    for _ in range(3):
        source.read(Brought(), outcome=Outcome.UNCHANGED if source.episodes else Outcome.OK).later(13 * HOUR)
    assert source.certain == [Condition.EMPTY]
    never = advance(Standing(), Fetched(Outcome.OK, NOW), Brought(), NOW)
    assert never == ()
    source.read(NEWS)
    assert [each.condition for each in source.over] == [Condition.EMPTY]


def silence(hours: int, *, outcome: Outcome = Outcome.UNCHANGED, arrivals: Sequence[datetime] = DAILY) -> Watched:
    """A source that is asked every hour for so long and brings nothing."""
    source = Watched()
    for _ in range(hours):
        source.later(HOUR).read(READ, outcome=outcome, arrivals=arrivals)
    return source


def test_a_source_is_silent_only_for_longer_than_its_own_rhythm() -> None:
    assert silence(3 * 24).certain == []
    assert silence(3 * 24 + 2).certain == [Condition.SILENT]
    weekly = [NOW - number * 7 * DAY for number in range(30)]
    assert silence(20 * 24, arrivals=weekly).certain == []
    assert silence(21 * 24 + 2, arrivals=weekly).certain == [Condition.SILENT]


def test_a_source_that_is_written_anew_with_the_same_entries_is_frozen() -> None:
    source = silence(3 * 24 + 2, outcome=Outcome.OK)
    assert source.certain == [Condition.FROZEN]
    source.later(HOUR).read(READ, outcome=Outcome.UNCHANGED, arrivals=DAILY)
    assert source.certain == [Condition.FROZEN]
    source.later(HOUR).read(NEWS)
    assert source.certain == []
    assert [each.condition for each in source.over] == [Condition.FROZEN]


def test_a_silent_source_that_fails_for_a_while_is_told_silent_once() -> None:
    source = silence(3 * 24 + 2)
    began = source.episodes[0].since
    for _ in range(4):
        source.later(3 * HOUR).failed(Trouble.SERVER)
    assert set(source.certain) == {Condition.SILENT, Condition.FAILING}
    for _ in range(2):
        source.later(HOUR).read(READ, outcome=Outcome.UNCHANGED, arrivals=DAILY)
    assert source.certain == [Condition.SILENT]
    assert [each.condition for each in source.over] == [Condition.FAILING]
    assert source.episodes[0].since == began


def test_a_rhythm_takes_ten_gaps_and_never_says_less_than_two_days() -> None:
    assert longest_silence(DAILY[:10]) is None
    assert longest_silence(DAILY[:11]) == 3 * DAY
    assert longest_silence([NOW - number * HOUR for number in range(50)]) == 2 * DAY
    assert longest_silence([NOW] * 500) is None


@given(st.lists(st.integers(0, 10**8), max_size=300))
def test_a_rhythm_is_never_shorter_than_what_it_has_lived_through(seconds: list[int]) -> None:
    moments = sorted({NOW - timedelta(seconds=each) for each in seconds})[-200:]
    limit = longest_silence([NOW - timedelta(seconds=each) for each in seconds])
    if limit is None:
        assert len(moments) <= 10
        return
    gaps = sorted(later - earlier for earlier, later in pairwise(moments))
    assert limit >= 2 * DAY
    assert sum(limit < gap for gap in gaps) <= 0.02 * len(gaps)


# -- rolled over --------------------------------------------------------------------------------------------------


def document(entries: int = 30, *, fresh: int | None = None, span: timedelta = 5 * HOUR) -> Brought:
    """A document whose entries came evenly over a span that ends now."""
    count = entries if fresh is None else fresh
    return Brought(entries, fresh=count, oldest=NOW - span, newest=NOW)


def test_a_document_that_shares_no_entry_with_the_last_has_rolled_over() -> None:
    # 29 gaps in five hours, five hours that nobody saw: 29 expected, 37 at most.
    assert missed(document(), 30, NOW - 10 * HOUR, NOW) == 37
    assert missed(document(), 30, NOW - 5 * HOUR - timedelta(minutes=1), NOW) == 1


def test_what_overlaps_or_is_short_or_first_has_not() -> None:
    assert missed(document(fresh=29), 30, NOW - 10 * HOUR, NOW) is None
    assert missed(document(5), 30, NOW - 10 * HOUR, NOW) is None, "a window of time after a lull"
    assert missed(document(1), 1, NOW - 10 * HOUR, NOW) is None
    assert missed(document(), 0, NOW - 10 * HOUR, NOW) is None
    assert missed(document(), 30, None, NOW) is None
    assert missed(document(), 30, NOW - 4 * HOUR, NOW) is None, "its oldest entry was there before it was read last"


def test_entries_without_dates_are_missed_in_unknown_number() -> None:
    assert missed(Brought(30, 30), 30, NOW - HOUR, NOW) == 0
    assert overlap_within(Brought(30, 30)) is None
    assert overlap_within(document()) == 2.5 * 3600


def test_what_rolled_over_is_certain_at_once_and_over() -> None:
    episode = rolled_over(14, NOW)
    assert (episode.certain_at, episode.ended_at, episode.missed) == (NOW, NOW, 14)


# -- whatever comes -----------------------------------------------------------------------------------------------

polls = st.lists(
    st.tuples(
        st.floats(0.01, 100.0), st.sampled_from(Outcome), st.sampled_from(Trouble), st.integers(0, 3), st.booleans()
    ),
    max_size=40,
)


@given(polls)
def test_whatever_comes_there_is_one_episode_of_a_kind_and_time_goes_on(
    history: list[tuple[float, Outcome, Trouble, int, bool]],
) -> None:
    source = Watched()
    for hours, outcome, trouble, fresh, up in history:
        source.later(timedelta(hours=hours))
        if outcome is Outcome.FAILED:
            source.failed(trouble, others=WORLD if up else NETWORK_DOWN)
        else:
            source.read(Brought(fresh, fresh), outcome=outcome, arrivals=DAILY)
        assert len(source.episodes) <= 2
        for each in source.episodes:
            assert each.since <= (each.certain_at or source.now) <= source.now


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_is_explained(condition: Condition) -> None:
    assert MEANS[condition]
    assert ADVICE[condition] or condition is Condition.WELL
