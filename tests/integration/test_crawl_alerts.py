"""Who is mailed what: from real feeds to the mails in a Maildir."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.feeds import MORNING, RSS, Item, rss, story
from tests.program import Program, plain
from tests.site import Host, Site

SHIPS = {"name": "Ships", "query": "ferry OR lighthouse"}


def about(name: str, subject: str = "ferry", *, host: str = "paper", **changes: object) -> Item:
    """An entry that the topic takes, with a text of its own."""
    item = Item(f"https://{host}.example/{name}", f"{name.title()} and the {subject}", story(f"{name} {subject}"))
    return replace(item, **changes)  # type: ignore[arg-type]


def publish(host: Host, *items: Item) -> str:
    return host.serve("/rss", rss(items), headers=RSS)


def kinds(program: Program) -> list[tuple[str, str]]:
    return [(row["kind"], row["state"]) for row in program.rows("SELECT kind, state FROM alerts ORDER BY id")]


def followed(program: Program, *hosts: Host, topic: dict[str, str] | None = None, **settings: object) -> None:
    """Follow hosts that carried nothing of the topic when they were first asked."""
    for host in hosts:
        publish(host, Item(f"https://{host.address}.example/old", "Old news", story(host.address)))
    program.settings([host.url("/rss") for host in hosts], [topic or SHIPS], **settings)  # type: ignore[arg-type]
    program.once()
    assert kinds(program) == []


# -- what was already there ---------------------------------------------------------------------------------------


def test_a_first_pass_makes_one_archive_alert_however_many_sources(program: Program, site: Site) -> None:
    hosts = [site.host() for _ in range(3)]
    for number, host in enumerate(hosts):
        rain = Item(f"https://x.example/{number}", "Rain", story(f"rain {number}"))
        publish(host, about(f"a{number}"), about(f"b{number}"), rain)
    program.settings([host.url("/rss") for host in hosts], [SHIPS])
    done = program.once()
    assert (done.summary.saved.new, done.summary.saved.matches) == (9, 6)
    assert kinds(program) == [("archive", "sent")]
    (mail,) = program.mails()
    assert "6" in plain(mail)
    assert {row["fate"] for row in program.rows("SELECT fate FROM matches")} == {"archived"}
    program.once()
    assert len(program.mails()) == 1


def test_the_archive_is_told_when_all_sources_were_asked(program: Program, site: Site) -> None:
    first, second = site.host(), site.host()
    publish(first, about("a"))
    program.settings([first.url("/rss")], [SHIPS])
    program.once(deliver=False)
    publish(second, about("b"))
    program.settings([first.url("/rss"), second.url("/rss")], [SHIPS])
    # The second source is due but has not been asked: the alert waits for it.
    assert program.send().delivered == 0
    program.once()
    (mail,) = program.mails()
    assert "A and the ferry" in plain(mail)
    assert "B and the ferry" in plain(mail)


def test_a_source_that_fails_does_not_hold_the_archive_back(program: Program, site: Site) -> None:
    good, bad = site.host(), site.host()
    publish(good, about("a"))
    program.settings([good.url("/rss"), bad.serve("/rss", status=500)], [SHIPS])
    program.once()
    assert kinds(program) == [("archive", "sent")]


def test_a_source_that_comes_later_is_archived_too(program: Program, site: Site) -> None:
    first, second = site.host(), site.host()
    followed(program, first)
    publish(second, about("a"), about("b"))
    program.settings([first.url("/rss"), second.url("/rss")], [SHIPS])
    program.once()
    assert kinds(program) == [("archive", "sent")]
    publish(second, about("a"), about("b"), about("c"))
    program.once()
    assert kinds(program) == [("archive", "sent"), ("news", "sent")]


def test_a_new_topic_takes_the_archive_as_one_alert(program: Program, site: Site) -> None:
    host = site.host()
    publish(host, *(about(f"n{number}") for number in range(4)))
    program.settings([host.url("/rss")])
    program.once()
    assert program.count("matches") == 0
    program.settings([host.url("/rss")], [SHIPS])
    program.once()
    assert kinds(program) == [("archive", "sent")]
    assert program.count("matches") == 4
    program.once()
    assert len(program.mails()) == 1


def test_a_changed_query_takes_the_archive_as_one_alert(program: Program, site: Site) -> None:
    host = site.host()
    publish(host, about("a"), about("b", "swan"), about("c", "swan"))
    program.settings([host.url("/rss")], [SHIPS])
    program.once()
    assert program.count("matches") == 1
    program.settings([host.url("/rss")], [SHIPS | {"query": "ferry OR swan"}])
    program.once()
    assert kinds(program) == [("archive", "sent"), ("archive", "sent")]
    assert program.count("matches") == 3
    told = plain(program.mails()[1])
    assert "A and the ferry" not in told
    assert "B and the swan" in told


# -- news ---------------------------------------------------------------------------------------------------------


def test_each_later_match_makes_one_mail(program: Program, site: Site) -> None:
    host = site.host()
    followed(program, host)
    publish(host, about("a"), about("b"), Item("https://paper.example/rain", "Rain", story("rain")))
    program.once()
    program.once()
    assert kinds(program) == [("news", "sent")] * 2
    first, second = program.mails()
    both = plain(first) + plain(second)
    assert "https://paper.example/a" in both
    assert "https://paper.example/b" in both
    assert program.count("alert_articles") == 2


def test_a_version_of_a_told_article_is_told_as_a_change(program: Program, site: Site) -> None:
    host = site.host()
    followed(program, host)
    publish(host, about("a"))
    program.once()
    changed = about("a")
    publish(host, replace(changed, text=changed.text + "\n\nCorrection: it was another ferry, with another crew."))
    assert program.once().summary.saved.updated == 1
    first, change = program.mails()
    assert change["In-Reply-To"] == first["Message-ID"]
    assert "a correction was added: “Correction: it was another ferry, with another crew.”" in plain(change)


def test_a_version_that_the_topic_takes_only_now_is_told(program: Program, site: Site) -> None:
    host = site.host()
    followed(program, host)
    item = about("a", "swan")
    publish(host, item)
    program.once()
    assert kinds(program) == []
    publish(host, replace(item, text=item.text + "\n\nLater on it became known that the lighthouse had been dark."))
    program.once()
    assert kinds(program) == [("news", "sent")]


# -- copies -------------------------------------------------------------------------------------------------------


def copied(item: Item, outlet: str, *, hours: float) -> Item:
    """The same text under another headline in another outlet, published some hours later."""
    assert item.published is not None
    return replace(item, link=f"https://{outlet}.example/copied", title=f"From the wires: {item.title}",
                   published=item.published + timedelta(hours=hours))  # fmt: skip


def test_a_copy_makes_no_second_mail(program: Program, site: Site) -> None:
    one, two = site.host(), site.host()
    followed(program, one, two)
    original = about("a")
    publish(one, original)
    program.once()
    publish(two, copied(original, "harbour", hours=0.5))
    assert program.once().summary.saved.copies == 1
    assert kinds(program) == [("news", "sent")]
    copy = program.one("SELECT * FROM articles WHERE copy_of IS NOT NULL")
    assert copy["url"] == "https://harbour.example/copied"
    assert program.one("SELECT fate FROM matches WHERE article_id = ?", copy["id"])[0] == "copy"


def test_a_copy_that_comes_before_its_original_makes_no_second_mail(program: Program, site: Site) -> None:
    one, two = site.host(), site.host()
    followed(program, one, two)
    original = about("a")
    publish(two, copied(original, "harbour", hours=0.5))
    program.once()
    program.later(minutes=10)
    publish(one, original)
    assert program.once().summary.saved.copies == 1
    assert kinds(program) == [("news", "sent")]
    (copy,) = program.rows("SELECT * FROM articles WHERE copy_of IS NOT NULL")
    assert copy["url"] == "https://harbour.example/copied"
    assert program.one("SELECT url FROM articles WHERE id = ?", copy["copy_of"])[0] == "https://paper.example/a"


def test_two_outlets_in_one_pass_make_one_mail_with_both(program: Program, site: Site) -> None:
    one, two = site.host(), site.host()
    followed(program, one, two)
    original = about("a")
    publish(one, original)
    publish(two, copied(original, "harbour", hours=0.5))
    assert program.once().summary.saved.copies == 1
    (mail,) = program.mails()
    assert "https://paper.example/a" in plain(mail)


def test_two_copies_in_one_document_make_one_mail(program: Program, site: Site) -> None:
    host = site.host()
    followed(program, host)
    original = about("a")
    publish(host, original, copied(original, "harbour", hours=0.5), copied(original, "coast", hours=1))
    assert program.once().summary.saved.copies == 2
    assert kinds(program) == [("news", "sent")]


# -- when, and to whom --------------------------------------------------------------------------------------------


def test_an_hourly_digest_gathers(program: Program, site: Site) -> None:
    host = site.host()
    program.now = MORNING + timedelta(minutes=5)
    followed(program, host, topic=SHIPS | {"alert": "hourly"})
    publish(host, about("a"))
    program.once()
    program.later(minutes=20)
    publish(host, about("a"), about("b"))
    program.once()
    assert kinds(program) == [("digest", "waiting")]
    assert program.mails() == []
    program.later(minutes=40)
    publish(host, about("c"))
    program.once()
    (mail,) = program.mails()
    assert "https://paper.example/a" in plain(mail)
    assert "https://paper.example/b" in plain(mail)
    assert "https://paper.example/c" not in plain(mail)
    assert kinds(program) == [("digest", "sent"), ("digest", "waiting")]


def test_quiet_hours_hold_everything_until_they_end(program: Program, site: Site) -> None:
    host = site.host()
    program.now = MORNING.replace(hour=22, minute=30)
    followed(program, host, topic=SHIPS | {"quiet": "22:00-07:00"})
    for name in "abc":
        publish(host, about(name))
        program.once()
        program.later(hours=2)
    assert program.mails() == []
    program.now = MORNING.replace(hour=7, minute=1) + timedelta(days=1)
    program.once()
    (mail,) = program.mails()
    assert all(f"https://paper.example/{name}" in plain(mail) for name in "abc")


def test_a_burst_is_told_together(program: Program, site: Site) -> None:
    host = site.host()
    followed(program, host)
    publish(host, *(about(f"n{number}") for number in range(30)))
    program.once()
    assert [kind for kind, _ in kinds(program)].count("news") == 12
    assert kinds(program)[-1] == ("digest", "waiting")
    assert program.count("alert_articles") == 30
    program.later(hours=1)
    program.once()
    assert len(program.mails()) == 13


def test_everybody_gets_a_mail_of_their_own(program: Program, site: Site) -> None:
    host = site.host()
    everybody = ["ann@desk.example", "Bo Berg <bo@desk.example>"]
    followed(program, host, mail={"to": everybody})
    publish(host, about("a"))
    program.once()
    mails = program.mails()
    assert [mail["To"] for mail in mails] == everybody
    assert len({mail["Message-ID"] for mail in mails}) == 2
    for mail, other in zip(mails, ("bo@desk", "ann@desk"), strict=True):
        assert other not in mail.as_string()
        assert (mail["Cc"], mail["Bcc"]) == (None, None)


def test_a_topic_has_recipients_of_its_own(program: Program, site: Site) -> None:
    host = site.host()
    publish(host)
    swans = {"name": "Swans", "query": "swan", "to": ["cy@desk.example"]}
    program.settings([host.url("/rss")], [SHIPS, swans])
    program.once()
    publish(host, about("a"), about("b", "swan"), about("c", "ferry swan"))
    program.once()
    told = {(row["recipient"], row["topic"]): row[2] for row in program.rows(
        "SELECT recipient, topic, count(*) FROM alerts GROUP BY recipient, topic")}  # fmt: skip
    assert told == {("ann@desk.example", "Ships"): 2, ("cy@desk.example", "Swans"): 2}
