import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.model import Match
from crawler.text import Document
from crawler.topics import Matcher, compile_topic
from crawler.topics import matcher as matcher_module
from crawler.topics.matcher import MOST_EVIDENCE
from crawler.topics.places import comes_from
from tests.unit.topics.oracle import Asked, holds

ENGLISH = Document(
    "Ombudsman: Three abducted children return to Kyiv",
    "A girl and two boys were taken home, said the commissioner. The re-education camp near Yalta is empty. "
    "“An open channel of communication” helped, the Élysée Palace wrote. COVID 19 and a father's letter.",
    "en",
)
UKRAINIAN = Document("Додому повернули трьох дітей", "Уповноважений Лубінець розповів про викрадених росіянами.", "uk")


FROM = {
    "source": "The Post",
    "host": "news.post.example",
    "author": "Jane Élise Doe",
    "url": "https://news.post.example/World/children.html",
}


def matches(query: str, document: Document) -> bool:
    return bool(Matcher([compile_topic("t", query)]).match(document, **FROM))


@pytest.mark.parametrize(
    "query",
    [
        "child",
        "CHILD boy",
        "abduct",
        "child AND (girl OR dog)",
        "child NOT dog",
        '"two boy"',
        '"open channel of communication"',
        "«open channel»",
        "elysee",
        "=Élysée",
        "=children",
        "abd*",
        "re-education",
        '"re education camp"',
        "COVID-19",
        "father",
        "girl NEAR/3 boy",
        "boy NEAR/3 girl",
        '(girl OR dog) NEAR/6 "taken home"',
        "girl NEAR/3 boy NEAR/4 home",
        "girl NEAR/3 (title:child OR boy)",
        "title:child",
        "title:(child NEAR/2 abduct)",
        "title:(child -girl) girl",
        "lang:en child",
        "child -lang:uk",
        "source:post",
        'source:"the post" child',
        "source:post.example",
        "spelled:(child -dog)",
        "girl PRE/3 boy",
        "girl PRE/3 boy NEAR/4 home",
        "girl PRE/3 (cat OR boy) PRE/3 home",
        '"girl boy"~2',
        '"open of communication"~1',
        '"a girl taken home"~4',
        '="open of"~1',
        "text:girl",
        "text:(girl NEAR/3 boy)",
        "lead:girl",
        "-text:Kyiv girl",
        "site:post.example",
        "site:example girl",
        "author:doe",
        'author:"jane elise"',
        "url:/world/",
        "url:news.post.example girl",
        "/re-?education/",
        "/three +ABDUCTED/",
        r"/\bboys?\b/",
        r"/covid.\d+/ NEAR/4 letter",
        r"title:/kyiv$/",
        r"text:/^A girl/",
        r"/\x{201C}an/ PRE/4 open",
        "dog OR /elys|Élys/",
    ],
)
def test_what_an_article_holds_is_met(query: str) -> None:
    assert matches(query, ENGLISH)


@pytest.mark.parametrize(
    "query",
    [
        "dog",
        "child dog",
        "child NOT boy",
        '"boy two"',
        "=elysee",
        "=child",
        "bduct*",
        "girl NEAR/2 boy",
        "Kyiv NEAR/50 girl",
        '"Kyiv a girl"',
        "title:girl",
        "title:(child boy)",
        "lang:uk child",
        "child -source:post",
        "source:example.com",
        "source:pos",
        "girl NEAR/3 (title:child)",
        "girl NEAR/1 girl",
        "boy PRE/3 girl",
        "girl PRE/2 boy",
        '"boy girl"~5',
        '"girl boy"~1',
        '"Kyiv girl"~50',
        "text:Kyiv",
        "lead:Kyiv",
        "site:post",
        "site:post.exampl",
        "author:do",
        'author:"jane doe"',
        "url:/sport/",
        r"/\bboy\b/",
        "/Kyiv.?A girl/",
        "title:/girl/",
        "girl -/b.ys/",
    ],
)
def test_what_it_does_not_hold_is_not(query: str) -> None:
    assert not matches(query, ENGLISH)


def test_a_word_is_inflected_in_the_articles_language() -> None:
    assert matches("діти повернути", UKRAINIAN)
    assert matches('"повернути трьох дитина"', UKRAINIAN)
    assert matches("Лубінця NEAR/5 викрадений", UKRAINIAN)
    assert not matches("=діти", UKRAINIAN)


@pytest.mark.parametrize(
    ("query", "text", "language", "taken"),
    [
        ("go", "She went home", "en", True),
        ("deport", "after their deportation", "en", False),
        ("ежик", "ёжик в тумане", "ru", True),
        ("грунт", "чорний ґрунт", "uk", True),
        ("=Élysée", "L'ÉLYSÉE a répondu", "fr", True),
        ("=l'armée", "a dit l’armée", "fr", True),
        ("=Élysée", "Elysee said", "en", False),
        ("=Mass", "two masses", "en", False),
        ("普京", "记者问普京总统", "zh", True),
        ("дитина", "the дітей", "en", False),
    ],
)
def test_forms_are_taken_as_the_reference_says(query: str, text: str, language: str, taken: bool) -> None:  # noqa: FBT001
    assert matches(query, Document("", text, language)) is taken


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("bbc.co.uk", True),
        ("news.bbc.co.uk", True),
        ("bbc", True),
        ("bbc news", True),
        ("news", True),
        ("uk", True),
        ("c.co.uk", False),
        ("bb", False),
        ("news bbc", False),
    ],
)
def test_source_means_hosts_labels_and_words_of_the_name(name: str, taken: bool) -> None:  # noqa: FBT001
    assert comes_from(name, "BBC News", "news.bbc.co.uk") is taken


def only(query: str, document: Document) -> Match:
    (found,) = Matcher([compile_topic("t", query)]).match(document, source="s", host="h")
    return found


def test_evidence_leads_back_into_the_article() -> None:
    match = only('child (dog OR "open channel") girl NEAR/3 boy abd* -title:dog NOT cat', ENGLISH)
    shown = [(evidence.field, evidence.form, evidence.term) for evidence in match.evidence]
    assert shown == [
        ("title", "abducted", "abd*"),
        ("title", "children", "child"),
        ("text", "girl", "girl"),
        ("text", "boys", "boy"),
        ("text", "open channel", '"open channel"'),
    ]
    for evidence in match.evidence:
        field = ENGLISH.title if evidence.field == "title" else ENGLISH.text
        assert field[evidence.start : evidence.end] == evidence.form


def test_only_what_stands_near_is_evidence() -> None:
    document = Document("", "dog " + "word " * 60 + "dog cat", "en")
    assert [evidence.start for evidence in only("dog NEAR/2 cat", document).evidence] == [304, 308]


def test_evidence_is_bounded_and_shows_every_term_first() -> None:
    document = Document("", "child " * 100 + "rescued by neighbours", "en")
    evidence = only("child rescue neighbour", document).evidence
    assert len(evidence) == MOST_EVIDENCE
    assert [one.form for one in evidence[-3:]] == ["child", "rescued", "neighbours"]


def test_topics_answer_in_their_own_order() -> None:
    topics = [compile_topic(name, query) for name, query in [("b", "girl"), ("x", "dog"), ("a", "child")]]
    found = Matcher(topics).match(ENGLISH, source="s", host="h")
    assert [(match.topic, match.score) for match in found] == [("b", 1.0), ("a", 1.0)]


def test_a_hostile_query_and_text_stay_cheap() -> None:
    text = Document("", "aaaa " * 10_000, "en")
    chain = compile_topic("chain", "(" * 49 + "aaaa" + " NEAR/50 aaa*)" * 49)
    wide = compile_topic("wide", "(" + " OR ".join(["aaa*"] * 400) + ") NEAR/50 (" + "aaaa OR " * 200 + "b)")
    phrase = compile_topic("phrase", '"' + "aaaa " * 50 + '" OR ' + '"' + "aaaa " * 49 + '"')
    started = time.process_time()
    assert len(Matcher([chain, wide, phrase]).match(text, source="s", host="h")) == 3
    assert time.process_time() - started < 6


def test_the_lead_is_the_texts_first_eighty_words() -> None:
    document = Document("title", "word " * 79 + "child girl", "en")
    assert matches("lead:child", document)
    assert not matches("lead:girl", document)
    assert not matches("lead:title", document)


def test_a_pattern_knows_the_words_of_every_alphabet() -> None:
    document = Document("Діти, діти дітейx", "Троє дітей", "uk")
    shown = [(one.field, one.form, one.start) for one in only(r"/\bдіт\w{1,2}\b/", document).evidence]
    assert shown == [("title", "Діти", 0), ("title", "діти", 6), ("text", "дітей", 5)]


def test_evidence_of_a_pattern_is_what_it_met() -> None:
    document = Document("It cost $30m", "nothing", "en")
    (evidence,) = only(r"/\$\d+/", document).evidence
    assert (evidence.form, evidence.start, evidence.end, evidence.term) == ("$30", 8, 11, r"/\$\d+/")


WORDS = ["child", "children", "deport", "deported", "girl", "Kyiv", "діти", "дітей", "re-education", "Élysée"]
TERMS = st.sampled_from(
    [*WORDS, "chi*", "dep*", "=child", '"girl child"', '"girl child Kyiv"~3', '"child child"~2', '"dep* child"~1',
     "title:girl", "text:girl", "lead:(dep* OR child)", "lang:en", "source:post", "site:example", "author:doe",
     "url:children", "spelled:Kyiv", r"/dep\w+/", r"/\bgirl child/", "title:/chi|діт/", "text:(/.дітей/)"]
)  # fmt: skip
QUERIES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" ", " OR ", " AND "]), inner).map(lambda parts: f"({''.join(parts)})"),
        st.tuples(inner, inner).map(lambda parts: f"({parts[0]} NOT {parts[1]})"),
        st.tuples(
            st.sampled_from([*WORDS, "(child OR dep*)", "(girl child)", "/chi?/", '"girl child"~2', "title:Kyiv"]),
            st.sampled_from(["NEAR", "PRE"]),
            st.integers(1, 5),
            st.sampled_from([*WORDS, "(girl NEAR/2 child)", "(діти PRE/3 child)"]),
        ).map(lambda parts: "({} {}/{} {})".format(*parts)),
    ),
    max_leaves=8,
)
TEXTS = st.lists(st.sampled_from([*WORDS, "and", "the", "."]), max_size=25).map(" ".join)


@given(st.lists(QUERIES, min_size=1, max_size=6), TEXTS, TEXTS, st.sampled_from(["en", "uk", "und"]))
@settings(deadline=None)  # the first word of a language loads its dictionary
def test_the_index_answers_as_asking_every_topic(queries: list[str], title: str, text: str, language: str) -> None:
    document = Document(title, text, language)
    topics = [compile_topic(str(number), query) for number, query in enumerate(queries)]
    found = Matcher(topics).match(document, **FROM)
    asked = Asked(document, **FROM)
    assert [match.topic for match in found] == [one.name for one in topics if holds(one.query.root, asked)]
    for match in found:
        assert len(match.evidence) <= MOST_EVIDENCE
        for evidence in match.evidence:
            field = title if evidence.field == "title" else text
            assert field[evidence.start : evidence.end] == evidence.form


@given(st.lists(QUERIES, min_size=8, max_size=8), st.lists(TEXTS, min_size=4, max_size=4))
@settings(deadline=None, max_examples=30)
def test_what_the_index_learns_changes_no_answer(queries: list[str], texts: list[str]) -> None:
    topics = [compile_topic(str(number), query) for number, query in enumerate(queries)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matcher_module, "LEARNING", (1, 3))
        patch.setattr(matcher_module, "_WORTH_LEARNING", 1)
        matcher = Matcher(topics)
        for text in texts:
            document = Document("", text, "en")
            asked = Asked(document, **FROM)
            found = [match.topic for match in matcher.match(document, **FROM)]
            assert found == [one.name for one in topics if holds(one.query.root, asked)]


@given(QUERIES, st.text(), st.text(), st.sampled_from(["en", "fr", "und"]))
@settings(deadline=None)  # the first word of a language loads its dictionary
def test_matching_takes_any_text(query: str, title: str, text: str, language: str) -> None:
    topic = compile_topic("t", query)
    document = Document(title, text, language)
    found = Matcher([topic]).match(document, source=title, host=text)
    assert bool(found) is holds(topic.query.root, Asked(document, title, text))


def test_a_query_of_thousands_of_words_is_read_and_asked_at_once() -> None:
    words = [f"w{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(5_000)]
    started = time.process_time()
    assert matches(" ".join(words), Document("", " ".join(words), "und"))
    assert not matches(" ".join(words), Document("", " ".join(words[:-1]), "und"))
    assert time.process_time() - started < 4


def test_a_pattern_costs_no_more_than_the_text_is_long() -> None:
    document = Document("", "aaaaaaaaaaaaaaaaaaaa" * 5_000 + "b " + "aaaa " * 9_000, "und")
    started = time.process_time()
    for query in (r"/(a+a+)+c/", r"/(a|aa)+$c/", "/(?:a?){30}a{30}c/", r"/(.*)(.*)(.*)(.*)c/"):
        assert not matches(query, document)
    assert time.process_time() - started < 4


@pytest.mark.parametrize(
    ("language", "text", "term"),
    [
        ("en", "Talks in Kyiv ended", "Kyiv"),
        ("en", "Talks in Kiev ended", "Kiev"),
        ("uk", "Перемовини у Києві скінчилися", "Київ"),
        ("ru", "Переговоры в Киеве закончились", "Киев"),
        ("de", "Gespräche in Kiew beendet", "Kiew"),
        ("fr", "Fin des pourparlers à Kiev", "Kiev"),
    ],
)
def test_one_term_stands_for_all_that_met_one_word(language: str, text: str, term: str) -> None:
    found = only("Kijów OR Kiew OR Kiev OR Київ OR Киев OR Kyiv", Document("", text, language)).evidence
    assert [one.term for one in found] == [term]


def test_where_none_is_spelled_so_the_first_of_the_query_stands_for_all() -> None:
    found = only("Zelensky OR Selenskyj OR Zelenski*", Document("Зеленський у Римі", "", "uk")).evidence
    assert [one.term for one in found] == ["Zelensky"]


def test_a_beginning_and_an_exact_word_are_shown_beside_the_word_itself() -> None:
    found = only("children AND child* AND =children", Document("children", "", "en")).evidence
    assert {one.term for one in found} == {"children", "child*", "=children"}
