"""Stories as a stream with the extra [semantic]: B-cubed and F1; takes some minutes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from crawler.text import embedding
from tests.quality.following import Piece, meanings_of, shared_stream
from tests.quality.stories import Placed, b_cubed, own_stream, read, thread


def placed(stream: Sequence[Piece]) -> Placed:
    """Where the articles of a stream lie; skips where the extra is not installed."""
    if not embedding.available():
        pytest.skip("the extra [semantic] is not installed")
    return Placed(meanings_of(stream))


def report() -> Iterator[str]:
    """Lines of figures."""
    for name, stream in (("own stream", own_stream), ("OG2021 headlines", shared_stream)):
        pieces = stream()
        found = thread(pieces, read(pieces), placed(pieces))
        gold = [piece.story for piece in pieces]
        half = len(gold) // 2
        for part, cut in (("all", slice(None)), ("second half", slice(half, None))):
            each = b_cubed(gold[cut], found[cut])
            told = f"precision {each.precision:.3f}, recall {each.recall:.3f}, F1 {each.f1:.3f}"
            yield f"  {name}, {part}: B-cubed {told}"
