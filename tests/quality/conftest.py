"""An install without the extra ``slavic``, whatever is installed."""

import sys
from collections.abc import Iterator

import pytest

from crawler.text import forms, languages
from crawler.text.languages import slavic


def forget() -> None:
    slavic.best.cache_clear()
    languages.text_keys.cache_clear()
    languages.query_keys.cache_clear()
    forms.text_keys.cache_clear()


@pytest.fixture
def base_install(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget()
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "pymorphy3", None)  # what makes an import fail
        yield
    forget()
