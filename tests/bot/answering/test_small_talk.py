"""What people type in a bot's first hour that asks nothing of the coverage, and what does ask."""

import pytest

from bot.answering.answer import answer_now
from bot.answering.understanding.followup import asks_or_continues, asks_question, complete_followup
from bot.answering.understanding.guard import guard
from bot.answering.understanding.need import Need
from bot.answering.understanding.question import ask, asked_in_english, may_be_in
from bot.answering.understanding.small_talk import (
    SmallTalk,
    follow_request_in,
    news_request_in,
    small_talk_in,
)
from bot.answering.values import Exchange, Reason, UnaskableError
from bot.wording import Wording, unaskable
from ingest.language.languages import Language
from tests.builders import NOW

EN, JA, DE, ES = Language.ENGLISH, Language.JAPANESE, Language.GERMAN, Language.SPANISH


@pytest.mark.parametrize(
    ("text", "said", "language"),
    [
        ("help", "help", EN),
        ("HELP!!!", "help", EN),
        ("What can you do?", "help", EN),
        ("hi, what can you do?", "help", EN),
        ("who are you", "help", EN),
        ("How does this work?", "help", EN),
        ("are you an AI?", "help", EN),
        ("hello", "hello", EN),
        ("Hello there :)", "hello", EN),
        ("hey bot", "hello", EN),
        ("good morning everyone", "hello", EN),
        ("what’s up", "hello", EN),
        ("test", "hello", EN),
        ("thanks", "thanks", EN),
        ("Thank you so much!", "thanks", EN),
        ("ok thanks", "thanks", EN),
        ("ty 🙏", "thanks", EN),
        ("hello <:wave_2:123456789012345678>", "hello", EN),
        ("thanks :heart: <@123456789012345678>", "thanks", EN),
        ("good bot", "thanks", EN),
        ("lol", "thanks", EN),
        ("stop", "stop", EN),
        ("Bonjour !", "hello", Language.FRENCH),
        ("quoi de neuf ?", "news", Language.FRENCH),
        ("Olá, tudo bem?", "hello", Language.PORTUGUESE),
        ("muito obrigada pela ajuda", "thanks", Language.PORTUGUESE),
        ("안녕하세요!", "hello", Language.KOREAN),
        ("감사합니다", "thanks", Language.KOREAN),
        ("你好", "hello", Language.CHINESE),
        ("谢谢！", "thanks", Language.CHINESE),
        ("謝謝！", "thanks", Language.TRADITIONAL_CHINESE),
        ("C'est vrai ?", "check", Language.FRENCH),
        ("é verdade?", "check", Language.PORTUGUESE),
        ("이거 사실이야?", "check", Language.KOREAN),
        ("这是真的吗？", "check", Language.CHINESE),
        ("這是真的嗎？", "check", Language.TRADITIONAL_CHINESE),
        ("هل هذا صحيح؟", "check", Language.ARABIC),
        ("새 소식 있어?", "news", Language.KOREAN),
        ("السلام عليكم", "hello", Language.ARABIC),
        ("شكرًا", "thanks", Language.ARABIC),
        ("shut up bot", "stop", EN),
        ("thanks, you can stop", "stop", EN),
        ("thanks, stop now please", "stop", EN),
        ("you're biased", "wrong", EN),
        ("bad bot!", "wrong", EN),
        ("Das stimmt nicht", "wrong", DE),
        ("¡Mentira!", "wrong", ES),
        ("間違っています", "wrong", JA),
        ("tell me a joke", "aside", EN),
        ("what's the weather?", "aside", EN),
        ("Wie spät ist es?", "aside", DE),
        ("¿Qué tiempo hace?", "aside", ES),
        ("今日の天気は？", "aside", JA),
        ("is this true?", "check", EN),
        ("Fact check pls", "check", EN),
        ("can you answer this?", "check", EN),
        ("source?", "check", EN),
        ("これって本当ですか？", "check", JA),
        ("Stimmt das?", "check", DE),
        ("¿Es cierto esto?", "check", ES),
        ("what's new?", "news", EN),
        ("any news today?", "news", EN),
        ("Was gibt's Neues?", "news", DE),
        ("¿Qué hay de nuevo?", "news", ES),
        ("最新ニュース", "news", JA),
        ("こんにちは", "hello", JA),
        ("こんにちは、ボットさん！", "hello", JA),
        ("ありがとうございます。", "thanks", JA),
        ("何ができますか？", "help", JA),
        ("使い方を教えてください", "help", JA),
        ("やめて", "stop", JA),
        ("Hallo zusammen", "hello", DE),
        ("Danke sehr!", "thanks", DE),
        ("Was kannst du?", "help", DE),
        ("Hör auf", "stop", DE),
        ("¡Hola!", "hello", ES),
        ("Muchas gracias", "thanks", ES),
        ("¿Qué puedes hacer?", "help", ES),
        ("Cállate", "stop", ES),
    ],
)
def test_talk_is_told_from_questions(text, said, language):
    """Whoever says hello is greeted in their language, out of nothing that is in an article."""
    assert small_talk_in(text) == SmallTalk(said, language)


@pytest.mark.parametrize(
    "text",
    [
        "who won",
        "turnout?",
        "stop the count",
        "Did they stop the count?",
        "hello, who won the election?",
        "thanks, and the turnout?",
        "Who thanked the voters?",
        "help for ferry workers",
        "what can the Harbour Alliance do?",
        "who are you voting for?",
        "ok but why",
        "is it true that the ferries are free?",
        "fact check the turnout figure",
        "What did the weather do to turnout?",
        "is the poll wrong",
        "Which outlets are biased?",
        "what is the source of the 62.7 per cent",
        "and then?",
        "<:wave_2:123456789012345678>",
        "you",
        "what is this about the ferries",
        "Marrowen",
        "good results for the Greens?",
        "投票率は？",
        "ありがとう党の議席は？",
        "誰が勝ちましたか",
        "Wer hat gewonnen?",
        "Danke, und die Wahlbeteiligung?",
        "¿Quién ganó?",
        "para quién",
        "?!",
        "",
    ],
)
def test_what_may_ask_something_is_left_a_question(text):
    """One word more, and it is for the coverage to answer."""
    assert small_talk_in(text) is None


def test_talk_is_no_question():
    """It names its words and its language; a server's own language goes before that."""
    with pytest.raises(UnaskableError) as found:
        ask("¡Hola!", now=NOW)
    assert (found.value.key, found.value.language) == ("talk_hello", ES)
    with pytest.raises(UnaskableError) as found:
        ask("¡Hola!", now=NOW, language=JA)
    assert found.value.language is JA


@pytest.mark.parametrize(
    ("text", "asking"),
    [
        ("and in 2022?", True),
        ("who won", True),
        ("but how many seats", True),
        ("wer hat gewonnen", True),
        ("¿y en 2022", True),
        ("誰が勝った", True),
        ("投票率は何%ですか", True),
        ("I think she lied", False),
        ("yeah exactly", False),
        ("da hat sie gelogen", False),
        ("eso no puede ser", False),
        ("その通り", False),
        ("Turnout was 62.7 per cent, which is low", False),
        ("몇 표 차이로 이겼나요", True),
        ("투표율은", True),
        ("그럴 줄 알았어", False),
        ("得票多少", True),
        ("那投票率呢", True),
        ("早就知道了", False),
        ("為什麼輸了", True),
        ("太離譜了", False),
        ("كم صوتا حصل عليها", True),
        ("وفي دنمير", True),
        ("كنت أعرف ذلك", False),
    ],
)
def test_a_question_to_anybody_is_told_from_chatter(text, asking):
    """Where people talk to each other as well, only what asks something is answered."""
    assert asks_question(text) is asking


@pytest.mark.parametrize(
    ("text", "asking"),
    [
        ("and in Dunmere East", True),
        ("by how many votes", True),
        ("why", True),
        ("und in Dunmere", True),
        ("y en Dunmere", True),
        ("投票率は", True),
        ("How many seats did she lose", True),
        ("no", False),
        ("called it", False),
        ("I knew it", False),
        ("that's crazy", False),
        ("rip Harbour", False),
        ("this is why I hate politics", False),
        ("das ist ja irre", False),
        ("je le savais", False),
        ("まじか", False),
        ("역시", False),
        ("果然", False),
    ],
)
def test_what_goes_on_from_an_answer_is_told_from_a_comment_on_it(text, asking):
    """Both may refer to it; only one asks."""
    assert asks_or_continues(text) is asking


@pytest.mark.parametrize(
    ("text", "asking"),
    [
        ("what a vote costs to whom?", True),
        ("how close was it", True),
        ("how close", True),
        ("will there be a recount", True),
        ("has she conceded", True),
        ("who knows her?", True),
        ("was für eine Mehrheit hat sie", True),
        ("wie hoch", True),
        ("wer weiß wie viele Stimmen fehlen?", True),
        ("ist das Ergebnis endgültig", True),
        ("qué partido ganó", True),
        ("qué buena noticia dieron", True),
        ("cuántos votos", True),
        ("quel parti a gagné", True),
        ("quelle participation", True),
        ("quanto falta", True),
        ("いつ決まる", True),
        ("何か分かりましたか", True),
        ("誰か当選した人いる", True),
        ("港で一番古い船は何という名前か", True),
        ("谁赢了", True),
        ("印刷机有什么用途", True),
        ("有沒有重新計票", True),
        ("얼마나 앞서", True),
        ("왜 졌어", True),
        ("كم صوتا", True),
        ("ما أهم النتائج", True),
        ("what a night", False),
        ("what a total mess", False),
        ("how embarrassing", False),
        ("who would have thought", False),
        ("will be a long night", False),
        ("could be worse", False),
        ("is what it is", False),
        ("was für ein Chaos", False),
        ("wie peinlich", False),
        ("wer hätte das gedacht", False),
        ("war ja klar", False),
        ("ist halt so", False),
        ("stimmt", False),
        ("qué locura", False),
        ("qué pena me da", False),
        ("qué fuerte", False),
        ("quién lo diría", False),
        ("cuánta hipocresía", False),
        ("quelle honte", False),
        ("que c'est triste", False),
        ("qui l'eût cru", False),
        ("que loucura", False),
        ("quem diria", False),
        ("quanta bobagem", False),
        ("何てことだ", False),
        ("いつものこと", False),
        ("誰も信じない", False),
        ("怎么可能", False),
        ("谁信啊", False),
        ("几乎赢了", False),
        ("谁知道呢", False),
        ("誰知道呢", False),
        ("什麼鬼", False),
        ("邊個知", False),
        ("얼마나 슬픈 일인가", False),
        ("뭐 이런 게 다 있어", False),
        ("كم هو محزن", False),
        ("ما أجمل هذا", False),
    ],
)
def test_an_exclamation_asks_nothing(text, asking):
    """It has the words of a question, and is left alone where nobody called the bot."""
    assert asks_or_continues(text) is asking


@pytest.mark.parametrize(
    ("text", "kind", "language"),
    [
        ("shorter", "reword", EN),
        ("Translate that, please", "reword", EN),
        ("auf Deutsch bitte", "reword", DE),
        ("fass das zusammen", "reword", DE),
        ("résume ça", "reword", Language.FRENCH),
        ("traduce eso", "reword", ES),
        ("pode traduzir isso?", "reword", Language.PORTUGUESE),
        ("日本語で", "reword", JA),
        ("더 짧게", "reword", Language.KOREAN),
        ("翻译一下", "reword", Language.CHINESE),
        ("翻譯一下", "reword", Language.TRADITIONAL_CHINESE),
        ("ترجم هذا", "reword", Language.ARABIC),
        ("are you sure?", "check", EN),
        ("says who", "check", EN),
        ("Bist du dir sicher?", "check", DE),
        ("qui le dit ?", "check", Language.FRENCH),
        ("¿estás seguro?", "check", ES),
        ("tem certeza?", "check", Language.PORTUGUESE),
        ("根拠は？", "check", JA),
        ("출처는?", "check", Language.KOREAN),
        ("来源呢？", "check", Language.CHINESE),
        ("出處呢？", "check", Language.TRADITIONAL_CHINESE),
        ("ما المصدر؟", "check", Language.ARABIC),
        ("Where does it say that?", "check", EN),
        ("Wo steht das?", "check", DE),
        ("C’est écrit où ?", "check", Language.FRENCH),
        ("¿Dónde dice eso?", "check", ES),
        ("Onde está escrito isso?", "check", Language.PORTUGUESE),
        ("その根拠は？", "check", JA),
        ("그 근거는?", "check", Language.KOREAN),
        ("依据是什么？", "check", Language.CHINESE),
        ("依據是什麼？", "check", Language.TRADITIONAL_CHINESE),
        ("أين ورد هذا؟", "check", Language.ARABIC),
        ("틀렸어", "wrong", Language.KOREAN),
        ("胡说！", "wrong", Language.CHINESE),
        ("胡說！", "wrong", Language.TRADITIONAL_CHINESE),
        ("هذا خطأ", "wrong", Language.ARABIC),
        ("내 정보를 삭제해 줘", "privacy", Language.KOREAN),
        ("Delete everything you have on me", "privacy", EN),
        ("do you store what I ask?", "privacy", EN),
        ("何か新しいニュースある？", "news", JA),
        ("gm", "hello", EN),
        ("gracias, muy útil", "thanks", ES),
    ],
)
def test_what_is_said_about_an_answer_is_known_in_every_language(text, kind, language):
    """Doubt, complaint, and a wish for other words ask nothing of the coverage."""
    found = small_talk_in(text)
    assert found is not None
    assert (found.kind, found.language) == (kind, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("follow Marrowen", EN),
        ("Please follow the recount in Dunmere", EN),
        ("can you notify me when the count is done?", EN),
        ("remind me", EN),
        ("Remind me to vote tomorrow", EN),
        ("subscribe to the Ledger", EN),
        ("keep me posted on the ferries", EN),
        ("Let me know once there is a result", EN),
        ("How do I follow a candidate?", EN),
        ("Folge Marrowen", DE),
        ("Benachrichtige mich, wenn es ein Ergebnis gibt", DE),
        ("sag mir bitte Bescheid, sobald ausgezählt ist", DE),
        ("Erinnere mich morgen", DE),
        ("Ich möchte den Ledger abonnieren", DE),
        ("Sigue a Marrowen", ES),
        ("avísame cuando haya resultados", ES),
        ("Quiero seguir a Marrowen", ES),
        ("recuérdame", ES),
        ("Préviens-moi quand il y a du nouveau", Language.FRENCH),
        ("je veux suivre Marrowen", Language.FRENCH),
        ("rappelle-moi demain", Language.FRENCH),
        ("Quero seguir Marrowen", Language.PORTUGUESE),
        ("me avise quando sair o resultado", Language.PORTUGUESE),
        ("me lembre amanhã", Language.PORTUGUESE),
        ("マロウェンをフォローして", JA),
        ("結果が出たら教えてください", JA),
        ("リマインドして", JA),
        ("마로웬 팔로우해 줘", Language.KOREAN),
        ("결과가 나오면 알려 주세요", Language.KOREAN),
        ("구독하고 싶어요", Language.KOREAN),
        ("关注马罗文", Language.CHINESE),
        ("有结果了告诉我", Language.CHINESE),
        ("怎么订阅", Language.CHINESE),
        ("關注馬羅文", Language.TRADITIONAL_CHINESE),
        ("有結果時通知我", Language.TRADITIONAL_CHINESE),
        ("تابع ماروين", Language.ARABIC),
        ("أخبرني عندما تظهر النتيجة", Language.ARABIC),
        ("ذكرني", Language.ARABIC),
        ("Who will follow Marrowen?", None),
        ("who follows Marrowen as leader", None),
        ("What should follow the recount?", None),
        ("Follow-up on the ferries?", None),
        ("follow up on the recount: who asked for it?", None),
        ("Following the recount, who won?", None),
        ("Remind me who won", None),
        ("Let me know who won in Dunmere", None),
        ("Did anybody notify the commission?", None),
        ("Tell me when the polls close", None),
        ("Wer wird Marrowen folgen?", None),
        ("Folge der Auszählung ein neuer Wahlgang?", None),
        ("Wer hat die Zeitung abonniert?", None),
        ("¿Sigue a la cabeza Harbour?", None),
        ("¿Quién va a seguir a Marrowen?", None),
        ("Sigue abierto el puerto?", None),
        ("Qui va suivre Marrowen ?", None),
        ("Suis-je inscrit ?", None),
        ("rappelle-moi qui a gagné", None),
        ("Quem vai seguir Marrowen?", None),
        ("me lembre quem ganhou", None),
        ("誰がマロウェンをフォローしていますか", None),
        ("結果を教えてください", None),
        ("投票の通知はいつ届きますか", None),
        ("누가 마로웬을 팔로우하나요?", None),
        ("결과를 알려 주세요", None),
        ("谁关注马罗文？", None),
        ("关注度最高的候选人是谁", None),
        ("告诉我谁赢了", None),
        ("谁赢了请告诉我", None),
        ("知ってたら教えて", None),
        ("誰が勝ったか、できたら教えてください", None),
        ("누가 이겼는지 알면 알려 줘", None),
        ("誰關注馬羅文？", None),
        ("من يتابع ماروين؟", None),
        ("تابع لمن هذا الحزب؟", None),
        ("أخبرني من فاز", None),
    ],
)
def test_a_wish_to_be_told_later_is_told_from_a_question(text, language):
    """Whoever wants to follow is shown how; a question about who follows whom is searched for."""
    found = follow_request_in(text)
    assert (found.language if found else None) == language
    if language is None:
        assert ask(text, now=NOW).text
    else:
        with pytest.raises(UnaskableError) as caught:
            ask(text, now=NOW)
        assert (caught.value.key, caught.value.language) == ("talk_follow", language)
        assert "/follow" in unaskable(caught.value, Wording.default())


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("latest on the ferries", "the ferries"),
        ("What's the latest news about Marrowen?", "Marrowen"),
        ("any updates on the recount", "the recount"),
        ("Was gibt es Neues zur Fähre?", "Fähre"),
        ("¿Qué hay de nuevo sobre la participación?", "la participación"),
        ("フェリーに関する最新ニュースは？", "フェリー"),
        ("who is the new leader of Harbour", None),
        ("What was new in the manifesto?", None),
        ("What did the newest poll say about Lantern?", None),
        ("what happened in Dunmere?", None),
    ],
)
def test_news_of_a_topic_are_told_from_questions(text, topic):
    """Whoever wants what is new on something gets it by day; others get an answer."""
    found = news_request_in(text)
    assert (found.topic if found else None) == topic


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Why?", EN),
        ("but why", EN),
        ("how many??", EN),
        ("Warum?", DE),
        ("und wann?", DE),
        ("なぜ？", JA),
        ("どうしてですか？", JA),
        ("¿Por qué?", ES),
        ("¿cuántos?", ES),
        ("Pourquoi ?", Language.FRENCH),
        ("et pourquoi ?", Language.FRENCH),
        ("Por quê?", Language.PORTUGUESE),
        ("como assim?", Language.PORTUGUESE),
        ("왜요?", Language.KOREAN),
        ("为什么？", Language.CHINESE),
        ("為什麼？", Language.TRADITIONAL_CHINESE),
        ("لماذا؟", Language.ARABIC),
    ],
)
def test_a_question_word_alone_asks_what_is_meant(text, language):
    """In its own language; nothing is quoted. Behind another question it goes on from that."""
    question = ask(text, now=NOW)
    assert (question.language, guard(question)) == (language, Reason.TOO_VAGUE)
    asked = "Did Marrowen resign?"
    assert complete_followup(text, Exchange(asked, ())).endswith(asked)


@pytest.mark.parametrize(
    "text",
    ["why did she resign?", "who won?", "how many seats?", "何人？", "why us", "who's Marrowen"],
)
def test_a_question_word_with_a_subject_is_searched_for(text):
    """However short it is."""
    assert guard(ask(text, now=NOW)) is None


@pytest.mark.parametrize("text", ["誰が勝ちましたか", "負けたのは誰ですか", "誰が負けますか"])
def test_a_japanese_verb_says_what_is_asked(sample_desk, text):
    """One kanji and its ending are a word: who asks with nothing else is not asked back."""
    need = Need.of(text, sample_desk.coverage.index)
    assert [term.key in text for term in need.terms] == [True]
    assert need.share("コモンフィールド党が勝ち、ハーバー同盟が負けた。") == 1.0
    assert need.share("開票所の投票箱は警備艇で本土に運ばれた。") == 0.0


@pytest.mark.parametrize("text", ["いつですか", "それは何ですか", "誰がですか"])
def test_japanese_without_a_word_of_its_own_asks_for_nothing(sample_desk, text):
    """Whoever asks so is asked what is meant."""
    outcome = answer_now(ask(text, now=NOW), sample_desk.coverage)
    assert outcome.reason is Reason.TOO_VAGUE


@pytest.mark.parametrize(
    ("text", "in_english"),
    [
        ("Who won?", True),
        ("turnout", True),
        ("Marrowen 2022", True),
        ("Wer hat gewonnen?", False),
        ("Chi ha vinto le elezioni?", False),
        ("Кто победил на выборах?", False),
    ],
)
def test_a_question_is_in_english_unless_it_is_in_another_language(text, in_english):
    """Italian and Russian are no languages of the desk, yet no English."""
    assert asked_in_english(text) is in_english


def test_a_question_word_of_two_languages_is_in_the_reader_s():
    """Portuguese and Spanish write "por que" alike."""
    assert may_be_in(Language.PORTUGUESE, "por que?")
    assert may_be_in(ES, "por que?")
    assert not may_be_in(DE, "por que?")


@pytest.mark.parametrize(
    ("text", "reader", "language"),
    [
        ("stop", Language.FRENCH, Language.FRENCH),
        ("stop", DE, DE),
        ("ok", DE, DE),
        ("super", Language.FRENCH, Language.FRENCH),
        ("stop", EN, EN),
        ("danke", EN, DE),
        ("merci !", JA, Language.FRENCH),
        ("was gibt's neues", EN, DE),
        ("Moin", EN, DE),
        ("bonjour à tous", EN, Language.FRENCH),
    ],
)
def test_small_talk_of_several_languages_is_in_the_reader_s(text, reader, language):
    """Whoever reads German and writes "ok" is answered in German; "danke" is German anyway."""
    fixed = reader if may_be_in(reader, text) else None
    with pytest.raises(UnaskableError) as unasked:
        ask(text, now=NOW, language=fixed)
    assert unasked.value.language is language


@pytest.mark.parametrize("text", ["ｗｈｏ　ｗｏｎ？", "Ｗｈａｔ ｗａｓ ｔｈｅ ｔｕｒｎｏｕｔ？"])
def test_letters_of_full_width_are_in_the_language_of_their_words(text):
    """A Japanese keyboard writes them, whatever the language."""
    assert ask(text, now=NOW).language is EN
