"""A person's own templates: used where they work, and never the cost of a mail."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from crawler.alerts import Pages, compose
from crawler.alerts.view import Limits, view
from tests.mail.samples import KYIV, NOW, alert, article, mail
from tests.unit.alerts.test_compose import bodies, parsed


def told(pages: Pages) -> tuple[str, str]:
    made = compose(alert(article()), sender="t@paper.example", timezone=KYIV, now=NOW, version="0.1.0", pages=pages)
    return bodies(parsed(made))


def test_own_templates_lay_the_mail_out(tmp_path: Path) -> None:
    (tmp_path / "alert.html.j2").write_text("<p>{{ alert.articles[0].headline }} & {{ title }}</p>", encoding="utf-8")
    (tmp_path / "alert.txt.j2").write_text("{{ text }}-- \nThe night desk\n", encoding="utf-8")
    text, html = told(Pages.of(tmp_path))
    assert html.startswith("<p>Sixteen deported children return home through Minsk & Sixteen")
    assert text.startswith("Sixteen deported children")
    assert text.endswith("\n-- \nThe night desk\n")


def test_what_strangers_wrote_is_escaped_in_own_templates_too() -> None:
    pages = Pages({"alert.html.j2": "<p>{{ alert.articles[0].headline }}</p>"})
    told_by = alert(article(title="<script>x</script>"))
    made = compose(told_by, sender="t@paper.example", timezone=KYIV, now=NOW, version="1", pages=pages)
    assert "<script>" not in bodies(parsed(made))[1]


BROKEN = {
    "syntax": "<p>{% if %}</p>",
    "a name that is none": "{{ alert.nothing.of.this }}",
    "out of the sandbox": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "nothing": "  ",
    "too much": "{% for _ in range(90000) %}xx{% endfor %}",
    "a division": "{{ 1 / 0 }}",
    "a lone surrogate": "{{ '\\ud800' }}",
    "no file of ours": "{% include 'alert.html.j2' %}",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_template_falls_back_and_says_so(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = told(Pages({"alert.html.j2": BROKEN[name]}))
    assert found == bodies(parsed(mail(alert(article()))))
    assert "built-in" in caplog.text


def test_what_is_wrong_is_said_with_the_line() -> None:
    shown = view(alert(article()), KYIV, "1", Limits())
    (says,) = Pages({"alert.html.j2": "<p>\n{% if %}"}).trouble(shown)
    assert says.startswith("the template alert.html.j2, line 2 does not work: TemplateSyntaxError: Expected an expr")
    assert Pages({"alert.txt.j2": "{{ text }}x"}).trouble(shown) == []


def test_a_folder_without_templates_changes_nothing(tmp_path: Path) -> None:
    assert not Pages.of(tmp_path / "not there").any
    assert told(Pages.of(tmp_path)) == told(Pages())


def test_a_file_that_is_no_text_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "alert.html.j2").write_bytes(b"\xff\xfe")
    assert not Pages.of(tmp_path).any
    assert "alert.html.j2 cannot be read" in caplog.text
