"""The benchmarks run, at sizes at which their figures mean nothing: so they cannot rot."""

from __future__ import annotations

import pytest

from tests.bench import beside_peers, first_tier, known_entries, ten_thousand
from tests.bench.feed_server import FeedServer


def test_beside_peers(capsys: pytest.CaptureFixture[str]) -> None:
    beside_peers.main(["--feeds", "3", "--rounds", "1", "--largest", "0", "--peers", "no-python-here"])
    said = capsys.readouterr().out
    assert "NOT as meant" not in said
    assert "| Tidings |" in said
    assert "SKIPPED: reader" in said, "what is missing is said"
    assert "93 articles" in said, "30 and one new in each of three feeds"


def test_ten_thousand(capsys: pytest.CaptureFixture[str]) -> None:
    ten_thousand.main(["--sources", "8", "--small", "2", "--budget", "60", "--minutes", "0.05", "--hosts", "2",
                       "--again", "3"])  # fmt: skip
    said = capsys.readouterr().out
    assert "8 sources: " in said
    assert "at most 1 at once to a host" in said
    assert " 0 before Retry-After" in said


def test_known_entries(capsys: pytest.CaptureFixture[str]) -> None:
    known_entries.main(["--large", "2000", "--small", "1000"])
    assert "µs among 2000" in capsys.readouterr().out


def test_first_tier(capsys: pytest.CaptureFixture[str]) -> None:
    first_tier.main(["--made", "3", "no-folder-here"])
    said = capsys.readouterr().out
    assert "SKIPPED" in said or "documents are read" in said


def test_the_server_counts_what_is_impolite() -> None:
    with FeedServer() as server:
        server.set(refuse=1, again=60)
        url = server.urls(1)[0]
        assert [_status(url), _status(url)] == [429, 429]
        assert server.counts().too_early == 1


def _status(url: str) -> int:
    import urllib.error  # noqa: PLC0415
    import urllib.request  # noqa: PLC0415

    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
