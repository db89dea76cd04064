"""A page at status 200 that holds no article is refused in a sentence."""

import pytest

from ingest.reading.no_article import wall_of
from tests.ingest.reading.pages import STORY, THIRD, a_page, read, refused

PAGES = {
    "consent": (
        "courier.example",
        (
            "<p>We and our 312 partners use cookies to store and access information on your "
            "device.</p>"
            "<p>Accept all cookies, or manage your choices in the privacy centre at any time.</p>"
        ),
    ),
    "consent in German": (
        "courier.example",
        (
            "<p>Wir und unsere Partner verarbeiten personenbezogene Daten mit Cookies.</p>"
            "<p>Sie können alle Cookies akzeptieren oder die Datenschutz-Einstellungen ändern.</p>"
        ),
    ),
    "consent in Japanese": (
        "同意のお願い",
        (
            "<p>当サイトではクッキーを使用し、個人データの取り扱いについて同意をお願いしています。</p>"
            "<p>詳しくはプライバシーポリシーをご覧のうえ、お選びください。いつでも変更できます。</p>"
        ),
    ),
    "missing": (
        "Page not found",
        "<p>The story that you asked for is no longer available. It may have been removed.</p>",
    ),
    "missing without a title": (
        "The Courier",
        (
            "<p>Sorry, this page could not be found. Check the address, or use the search "
            "above.</p>"
            "<p>You can also go back to our front page to read today's news from the islands.</p>"
        ),
    ),
    "missing in Japanese": (
        "北斗新報",
        "<p>お探しのページが見つかりませんでした。掲載期間が終了したか、移動された可能性があります。</p>",
    ),
    "robot": (
        "Just a moment...",
        "<p>Checking your browser before you reach courier.example. This takes a few seconds.</p>",
    ),
    "captcha": (
        "courier.example",
        (
            "<p>We have seen unusual traffic from your network. Please complete the captcha "
            "below to "
            "show that you are a human and not a robot.</p>"
        ),
    ),
    "subscription": (
        "Holm counted by two",
        (
            "<p>This story is for subscribers. Subscribe to read it, or log in if you already "
            "have an "
            "account.</p><p>Take a subscription from 2 euros a month and cancel at any time.</p>"
        ),
    ),
    "subscription in Japanese": (
        "北斗町の開票",
        (
            "<p>この記事は会員限定です。続きを読むには会員登録またはログインが必要です。</p>"
            "<p>有料会員になると、すべての記事をお読みいただけます。</p>"
        ),
    ),
    "maintenance": (
        "We'll be back soon",
        "<p>The Courier is down for scheduled maintenance. Please try again in a few minutes.</p>",
    ),
    "moved": (
        "Moved",
        (
            "<p>This page has moved. You will be redirected automatically; if not, follow this "
            "link to "
            "its new address.</p>"
        ),
    ),
}


@pytest.mark.parametrize(("title", "body"), PAGES.values(), ids=PAGES)
def test_a_wall_is_no_article(title, body):
    """The sentence says what the page says instead."""
    assert "holds no article: it" in refused(a_page(body, title=title))


@pytest.mark.parametrize("data", ['{"error": "rate limited", "code": 429}', '[{"id": 1}]'])
def test_data_for_programs_is_no_article(data):
    """Whatever type it claims to be."""
    assert "JSON" in refused(data)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Courier fined over cookies",
            (
                "The data authority fined the Courier 40,000 crowns on Monday because its site set "
                "cookies before readers had agreed. The paper's editor said that it would appeal. "
                "Consumer groups had complained for two years. The ministry would not comment on "
                "it."
            ),
        ),
        (
            "Bill on subscriptions passes",
            (
                "Companies must let members cancel at any time, under a bill that passed by 50 "
                "to 46. "
                "Odile Farr, who wrote it, said that 9,000 people had written to her. The trade "
                "union "
                "of the ferries spoke against it, and the vote was put off twice in the autumn."
            ),
        ),
    ],
)
def test_an_article_about_walls_is_one(title, text):
    """Most of it speaks of something else."""
    assert wall_of(title, text) is None


def test_a_title_that_quotes_an_error_is_no_wall():
    """Marks before the words of an error make a quotation of them, not the title of a notice."""
    text = "The archive of the port authority lost 4,000 files in the move, its director said."
    assert wall_of("Page not found: Courier", text) is not None
    assert wall_of("“Page not found: how an archive went missing”", text) is None


def test_a_preview_leaves_the_offer_out():
    """What is free is kept, and said to be the beginning."""
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Holm counted by '
        'two", "hasPart": [{"@type": "WebPageElement", "isAccessibleForFree": "False", '
        '"cssSelector": ".rest"}]}</script>'
    )
    offer = (
        '<div class="rest"><p>Subscribe to read the rest of this story: 2 euros a month.</p></div>'
    )
    found = read(a_page(STORY + offer, head=head))
    assert found.header.preview
    assert "Subscribe" not in found.text
    whole = f'<div class="rest">{STORY}</div>'
    assert "old customs house" in read(a_page(whole, head=head)).text


def teasers(count, tag="h2"):
    """Write the teasers of a front page."""
    return "".join(
        f'<div class="t"><{tag}><a href="/s/{n}">Story {n} of the day</a></{tag}><p>What happened '
        f"in ward {n} on Monday evening, in two lines for those who are in a hurry.</p></div>"
        for n in range(count)
    )


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "application/atom+xml", "application/feed+json"]
)
def test_a_front_page_offers_its_feed(kind):
    """Its teasers are no article."""
    head = f'<link rel="alternate" type="{kind}" href="/feed">'
    page = a_page(teasers(6), title="The Courier", head=head, h1="")
    assert "https://courier.example/feed" in refused(page, "https://courier.example/")


def test_a_short_article_above_many_teasers_is_one():
    """It has a heading of its own, and paragraphs under it."""
    assert not refused(a_page(f"{STORY}<div>{teasers(12)}</div>"))


def test_a_section_without_a_feed_is_told_from_an_article():
    """An article with teasers below it is one."""
    assert "lists 5 articles" in refused(a_page(teasers(5, "h3"), title="Politics", h1=""))
    assert not refused(
        a_page(f"{STORY}{STORY.replace('Holm', 'Ivrelle')}<aside>{teasers(5)}</aside>")
    )


@pytest.mark.parametrize(
    "offer",
    [
        "Keep reading with a free account",
        "Mit einem Abo weiterlesen",
        "Poursuivez la lecture avec un abonnement",
        "Sigue leyendo con una suscripción",
        "Continua a leggere con un abbonamento",
        "Continue a ler com uma assinatura",
        "구독하고 계속 읽기",
        "登录后继续阅读",
    ],
)
def test_an_offer_to_read_on_below_a_preview_is_no_text(offer):
    """In whatever language it is made; a sentence about reading is one."""
    sentence = "The council of Holm will continue reading the bill with its clerk on Monday."
    below = f'<p>{sentence}</p><div class="box"><h2>{offer}</h2></div>'
    assert read(a_page(STORY + below)).text.endswith(sentence)


MISSING = {
    "en": (
        "Oops!",
        "Sorry, we couldn’t find the page you wanted. It may have been moved or deleted.",
    ),
    "de": ("Seite fehlt", "Der gewünschte Artikel wurde verschoben oder gelöscht. Zur Startseite."),
    "fr": (
        "Erreur",
        "La page que vous cherchez n’existe plus. Retour à la page d’accueil du site.",
    ),
    "es": ("Error", "La página que está buscando no existe. Puede volver a la portada del diario."),
    "pt": ("Erro", "A página solicitada não foi encontrada. Verifique o endereço que digitou."),
    "ko": (
        "안내",
        "요청하신 페이지가 없습니다. 삭제된 기사이거나 주소가 잘못되었습니다. 홈으로 이동하세요.",
    ),
    "zh": (
        "提示",
        "您要查找的網頁已被移除或不存在，請檢查您輸入的地址是否正確，或者返回首頁，謝謝您的諒解與支持。",
    ),
    "ar": (
        "خطأ",
        "عذراً، الصفحة التي تبحث عنها لم تعد متاحة. يمكنك العودة إلى الصفحة الرئيسية للموقع.",
    ),
}


@pytest.mark.parametrize(("language", "page"), MISSING.items(), ids=MISSING)
def test_a_page_that_is_gone_is_no_article_in_any_language(language, page):
    """It would replace the article that stood there, and be quoted for it."""
    title, sentence = page
    assert "does not exist" in refused(a_page(f"<p>{sentence}</p>", title=title, lang=language))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "de",
            "Wir und unsere 211 Partner speichern Daten auf Ihrem Gerät. Oder werbefrei im Abo.",
        ),
        ("fr", "Nous et nos 211 partenaires stockons des données sur votre terminal ou appareil."),
        ("es", "Nosotros y nuestros 211 socios guardamos datos personales en tu dispositivo."),
        ("pt", "Nós e os nossos 211 parceiros guardamos dados no seu dispositivo e navegador."),
    ],
)
def test_a_wall_of_consent_is_no_article_in_any_language(language, sentence):
    """Whatever it is called by its page."""
    assert "consent" in refused(a_page(f"<p>{sentence}</p>", title="Kurier", lang=language))


CLOSED = [
    "This article is for subscribers only.",
    "To continue reading, log in or create a free account.",
    "Dieser Artikel ist nur für unsere Abonnenten verfügbar.",
    "Weiterlesen mit Kurier Plus",
    "Il vous reste 68.4% de cet article à lire.",
    "La suite de cet article est réservée aux abonnés.",
    "Para seguir leyendo, suscríbase o inicie sesión.",
    "Este conteúdo é exclusivo para assinantes.",
    "この記事は有料会員限定です",
    "残り 1,204文字",
    "이 기사는 유료 구독자 전용 기사입니다.",
    "本文為會員專享內容，訂閱後即可閱讀全文。",
    "هذا المقال متاح للمشتركين فقط",
]


@pytest.mark.parametrize("sentence", CLOSED)
def test_a_sentence_that_closes_the_rest_makes_a_preview(sentence):
    """It is no text of the article, and neither is the offer below it."""
    offer = "<p>The first month costs one crown.</p><ul><li>Every article of the paper</li></ul>"
    extract = read(a_page(f"{STORY}<div><p>{sentence}</p>{offer}</div>"))
    assert extract.header.preview
    assert extract.text.endswith(THIRD)


def test_a_page_that_shows_its_whole_text_is_no_preview():
    """An offer above its end, or a report on such offers, closes nothing."""
    offer = "<p>To continue reading, subscribe to the Courier.</p>"
    report = "<p>The Ledger kept its pages for paying readers, its editor told the council.</p>"
    for body in (offer + 4 * STORY, STORY + report):
        assert not read(a_page(body)).header.preview
