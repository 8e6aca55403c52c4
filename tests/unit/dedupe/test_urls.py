"""Which addresses are the same article's, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.dedupe import urls

A = "https://www.example.org/news/ferry"


@pytest.mark.parametrize(
    "other",
    [
        "http://www.example.org/news/ferry",
        "https://example.org/news/ferry/",
        "https://m.example.org/news/ferry",
        "https://mobile.example.org/news/ferry",
        "https://amp.example.org/news/ferry",
        "https://WWW.EXAMPLE.ORG:443/news/ferry#comments",
        "https://www.example.org./news/ferry",
        "https://www.example.org/news/./old/../ferry",
        "https://www.example.org/news//ferry",
        "https://www.example.org/news/%66erry",
        "https://www.example.org/news/ferry/index.html",
        "https://www.example.org/news/ferry/amp/",
        "https://www.example.org/news/ferry/amp",
        "https://www.example.org/news/ferry.amp",
        "https://www.example.org/news/ferry?amp=1",
        "https://www.example.org/news/ferry?outputType=amp",
        "https://www.example.org/amp/news/ferry",
        "https://reader@www.example.org/news/ferry",
        "https://www.example.org/news/ferry?utm_source=rss&utm_medium=feed&fbclid=1",
        "https://www.example.org/news/ferry?at_medium=RSS&at_campaign=KARANGA",
        "https://www.example.org/news/ferry?ns_mchannel=rss&ns_campaign=1490&ito=1490",
        "https://www.example.org/news/ferry?gclid=1&yclid=2&mc_cid=3&igshid=4&xtor=RSS-1&ocid=x&cmpid=y&ftag=z&taid=5",
        "https://www.example.org/news/ferry?CMP=share_btn_tw",
        "https://www.example.org/news/ferry?ref=rss",
        "https://www.example.org/news/ferry?source=rss&rss=1",
        "https://www.example.org/news/ferry?",
        " https://www.example.org/news/ferry\n",
    ],
)
def test_one_article_has_one_key(other: str) -> None:
    assert urls.key(other) == urls.key(A)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (A, "https://www.example.org/news/ferries"),
        (A, "https://www.example.com/news/ferry"),
        (A, "https://sport.example.org/news/ferry"),
        (A, "https://www.example.org:8443/news/ferry"),
        (A, "https://www.example.org/News/Ferry"),
        (f"{A}?id=1", f"{A}?id=2"),
        (f"{A}?p=1", f"{A}?p=2"),
        (f"{A}?v=a", f"{A}?v=b"),
        (f"{A}?a=1", f"{A}?a=2"),
        (f"{A}?story=1", A),
        (f"{A}?source=kyiv", f"{A}?source=lviv"),
        (f"{A}?ref=1234", f"{A}?ref=1235"),
        (f"{A}?page=2", A),
        ("https://e.org/index.php?id=1", "https://e.org/index.php?id=2"),
        ("https://e.org/a%2Fb", "https://e.org/a/b"),
        ("https://e.org/?q=a%26b", "https://e.org/?q=a&b"),
        ("https://e.org/camp", "https://e.org/c"),
        ("https://e.org/tramp.html", "https://e.org/tr"),
        ("http://127.0.0.1:81/a", "http://127.0.0.1:82/a"),
    ],
)
def test_two_articles_have_two_keys(one: str, other: str) -> None:
    assert urls.key(one) != urls.key(other)


def test_the_order_of_parameters_is_kept_but_names_nothing() -> None:
    assert urls.key(f"{A}?b=2&a=1") == urls.key(f"{A}?a=1&b=2")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://WWW.Example.ORG:443/a/../B?utm_source=x&id=5&a=%7e#top", "https://www.example.org/B?id=5&a=~"),
        ("http://example.org", "http://example.org/"),
        ("https://e.org/a/b/..", "https://e.org/a/"),
        ("https://e.org/a/./b/.", "https://e.org/a/b/"),
        ("https://e.org/a.AMP.html", "https://e.org/a.html"),
        ("https://e.org/a/amp.html", "https://e.org/a"),
        ("https://m.example.org/a/amp/", "https://m.example.org/a"),
        ("https://e.org/?b=2&a=1", "https://e.org/?b=2&a=1"),
        ("https://президент.рф/шлях?q=щ", "https://xn--d1abbgf6aiiy.xn--p1ai/%D1%88%D0%BB%D1%8F%D1%85?q=%D1%89"),
        ("http://[2001:DB8::0001]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://e.org/100%", "https://e.org/100%25"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_the_address_to_keep(url: str, canonical: str) -> None:
    assert urls.canonical(url) == canonical


@pytest.mark.parametrize(
    ("url", "outlet"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://amp.theguardian.com/x", "theguardian.com"),
        ("https://kyiv.example.com.ua/", "example.com.ua"),
        ("https://porom.co.ua/", "porom.co.ua"),
        ("https://ferry.wordpress.com/", "ferry.wordpress.com"),
        ("https://quay.substack.com/p/1", "quay.substack.com"),
        ("http://127.0.0.1:8000/feed", "127.0.0.1"),
        ("http://[::1]:8000/feed", "[::1]"),
        ("http://localhost/feed", "localhost"),
        ("https://новини.президент.рф/", "xn--d1abbgf6aiiy.xn--p1ai"),
        ("not a url", ""),
    ],
)
def test_the_outlet_is_the_registrable_domain(url: str, outlet: str) -> None:
    assert urls.outlet(url) == outlet


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://www.example.org", True),
        ("http://example.org/?utm_source=rss", True),
        ("https://example.org/index.html", True),
        ("https://example.org/?p=5", False),
        ("https://example.org/a", False),
    ],
)
def test_a_front_page_is_no_article(url: str, *, home: bool) -> None:
    assert urls.is_home(url) is home


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://",
        "http://[bad/",
        "http://e.org:x/",
        "http://e.org:0/",
        "ftp://e.org/",
        "http://a b/",
        "http://..",
        "//e.org/",
    ],
)
def test_what_is_no_web_address(url: str) -> None:
    assert not urls.is_web_url(url) or " " in url
    urls.canonical(url)
    urls.key(url)
    assert isinstance(urls.outlet(url), str)


ADDRESSES = st.one_of(
    st.text(),
    st.builds(
        "{}://{}/{}?{}#{}".format,
        st.sampled_from(["http", "https", "HTTP", "ftp"]),
        st.sampled_from(
            ["e.org", "www.e.org", "m.amp.e.org", "[::1]", "1.2.3.4:80", "пором.укр", "a_b.co.uk", "e..org"]
        ),
        st.text(st.sampled_from("/.ampindexhtl%2Fe5 щ\ud800~&="), max_size=20),
        st.text(st.sampled_from("&=amp1utm_refrss%20щ?/"), max_size=20),
        st.text(max_size=3),
    ),
)


@given(ADDRESSES)
@example("https://e.org/a.amp/amp")
@example("https://e.org/a" + "/amp.amp" * 1000)
@example("https://e.org/a/amp/amp")
@example("https://e.org/a.amp.amp.html")
def test_canonical_is_idempotent_and_keeps_the_key(url: str) -> None:
    canonical = urls.canonical(url)
    assert urls.canonical(canonical) == canonical
    assert urls.key(canonical) == urls.key(url)
    assert urls.is_web_url(canonical) == urls.is_web_url(url)
    assert urls.outlet(canonical) == urls.outlet(url)
