from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.storage import Store
from tests.stored import NOW, sources


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database with three sources."""
    with Store.writer(tmp_path / "tidings.db") as opened:
        opened.sources.sync(sources(3), NOW)
        yield opened
