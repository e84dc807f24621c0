"""The phrases with which models open an answer, in English, Japanese, Chinese and seven others.

Each pattern matches one whole opening segment (a phrase or a sentence) with the white space after
it, from a given position. They are anchored, and every gap in them is bounded and never nested in
a repetition, so that a match costs a bounded number of steps on any text. They are
compiled when first needed, and `segment_at` tries only those that the first word can open: most
answers begin with none of them.

yes              "Yes,", 「はい、」, "是的，": an answer, where a yes/no question was asked
agreement        "Sure!", 「もちろんです！」, "好的，": likewise, but more often mere chatter
acknowledgement  "Got it.", "Great question!", 「承知しました。」, "明白了。"
greeting         "Hello!", 「こんにちは！」: deletable where no greeting was asked for
courtesy         thanks, apology: deletable only before another segment
disclaimer       "As an AI language model, I don't have personal opinions."
promise          "I'd be happy to help.", 「…について説明します。」
announcement     "Here is the translation:", 「以下の通りです。」, "以下是…："
"""

from __future__ import annotations

import re
from functools import cache
from typing import TypeAlias

Segments: TypeAlias = tuple[tuple[str, re.Pattern[str]], ...]

_EMOJI = r"(?:[ ]?[\u2600-\u27bf\U0001f300-\U0001faff][\ufe0f\u200d]?){0,4}"
# Markup that closes a bold opening ("**Sure!** …") goes with it; markup that opens what follows
# stays.
_SPACE = r"(?:[*_]{1,3}(?=\s))?" + _EMOJI + r"\s*"
_STOP = r"(?:[.!,:;~…–—！，。：、～]+(?=[\s*_]|$|[^\x00-\x7f])|(?=\n)|\s[-–—]\s)"
_END = r"[.!]+(?=[\s*_]|$)"
_CJK_STOP = r"(?:[！!。，,、～~：:]+|(?=\n))"
_CJK_END = r"[。！!：:]+"
_SENTENCE = r"[^\n.!?:]{0,160}"
_CJK = r"(?:(?!(?:ます|です)が、)[^\n。！？：:]){0,120}?"


def _segment(kind: str, *alternatives: str) -> tuple[str, re.Pattern[str]]:
    return kind, re.compile("(?:" + "|".join(alternatives) + ")" + _SPACE, re.IGNORECASE)


# Up to a colon, within a sentence ("C.1" and "e.g.x" have stops inside).
_CLAUSE = r"(?:[^\n:.!?\"“]|[\"“][^\n\"”]{0,100}[\"”]|[.!?](?=[^\s\"'*)])){0,240}"
# A disclaimer denies something, and ends with its sentence or where the sentence turns.
_CLAIMS = (
    r"(?=[^\n.!?]{0,160}(?:n['’]t|\bnot\b|\bcannot|\bno\b|unable))[^\n.!?]{0,200}?"
    r"(?:(?:,|;)? (?:but|however),? |[.!](?=\s)\s*(?:(?:however|that (?:being )?said|but),? )?)"
)
_HERE = (
    r"(?:here(?:['’]s| is| are| it is| they are)|below (?:is|are)|(?:the )?following (?:is|are))\b"
)
_HELP = (
    r"(?:help|assist|do my best|try my best|answer|explain|provide|give|show|walk you|guide"
    r"|share|do that|do so|give it a|give you|break|write|create|generate|translate|summari[sz]e"
    r"|reverse|rewrite|correct|solve)"
)


@cache
def english() -> Segments:
    """English openings, by kind."""
    return (
        _segment("yes", r"(?:yes|yep|yeah)" + _STOP),
        _segment(
            "agreement",
            r"(?:(?:oh|ah|well),? )?"
            r"(?:sure(?: thing)?|surely|why not|certainly|of course|absolutely|definitely"
            r"|ok(?:ay)?(?!,? (?:so\b|let|i (?:need|have|think|should)|the )))" + _STOP,
        ),
        _segment(
            "acknowledgement",
            r"(?:thanks|thank you)(?: so much| very much)? for "
            r"(?:asking|(?:your|the) (?:question|query))"
            + _STOP,
            r"(?:(?:alright|all right)(?!,? (?:so\b|let|i (?:need|have|think|should)|the ))"
            r"|got it|understood|noted|no problem|right away|will do"
            r"|here you go|gladly|with pleasure|my pleasure|by all means|very well|no worries"
            r"|you got it|as you wish|as requested)"
            + _STOP,
            r"(?:(?:what|that['’]s|that is|this is) )?(?:an? )?(?:really |very |truly )?"
            r"(?:great|good|excellent|interesting|wonderful|fantastic|fascinating|important|fun"
            r"|awesome|lovely|thoughtful) (?:question|request|topic|challenge|idea)" + _STOP,
            r"(?:great|perfect|awesome|excellent|sounds good)" + _END,
            r"i(?:['’]m| am) (?:so |really |very )?(?:glad|happy) you asked" + _STOP,
        ),
        _segment(
            "announcement",
            # With a colon: what follows it, on this line or the next, is the answer.
            _HERE + _CLAUSE + r":(?=[\s*_]|$)",
            _HERE + r"[^\n:]{0,240}:(?=[ \t*_]*\n)",
            # Without one: a sentence that is a paragraph, or stands before a block.
            _HERE + r" (?:an?|the|your|my|some|one|two|three|four|five|\d+|what|how|another"
            r"|several)\b"
            r"[^\n.!?]{0,240}[.!]?(?=[ \t]*\n(?:[ \t]*\n|[`{\[|#*\-\d\"]))",
            r"the following [a-z]+(?: [a-z]+)?? (?:is|are|contains?|shows?|lists?|gives?|provides?"
            r"|includes?|presents?|summari[sz]es?|describes?|outlines?)\b[^\n:]{0,200}:(?=\s*\n)",
            r"(?:this is|these are) (?:an?|the|my|your|one|some)\b[^\n:.]{0,120}:(?=[ \t*_]*\n)",
            r"i(?:['’]ve| have) (?:now |just |also )?(?:created|written|rewritten|translated"
            r"|corrected"
            r"|revised|edited|generated|summari[sz]ed|compiled|prepared|put together|made|improved"
            r"|reversed|sorted|converted|extracted|listed)\b[^\n.!?:]{0,160}[:.](?=[ \t]*\n)",
            # Before data or code only: elsewhere the thinking begins.
            r"let['’]?s [^\n.!?:]{0,100}[:.!](?=\s*(?:```|[{\[]))",
        ),
        _segment(
            "promise",
            # A promise that turns ("but", "cannot") is none.
            r"(?:i['’]d|i would|i['’]ll|i will|i can|i['’]m|i am|let me|allow me|we can)(?: be)?"
            r"(?: now| certainly| gladly| definitely| more than| very)*+"
            r"(?: happy| glad| delighted| pleased| love| like| able)?(?: to)? " + _HELP + r"\b"
            r"(?![^\n.!:]{0,160}\b(?:but|however|unless|cannot|can't|unable|not|need|if|when)\b)"
            + _SENTENCE + r"(?:" + _END + r"|:(?=\s|$))",
            r"happy to help" + _STOP,
        ),
        _segment(
            "disclaimer",
            r"(?:(?:i['’]m|i am) sorry,? (?:but )?|i apologi[sz]e,? (?:but )?|(?:oh|well|hello"
            r"|hi)[,!] )?"
            r"(?:as|i['’]m|i am)(?: just| only)? an? (?:[\w-]+ ){0,4}?(?:ai|assistant|model|chatbot"
            r"|machine|program)\b" + _CLAIMS,
            r"i (?:do not|don['’]t)(?: actually| really)? have (?:any )?(?:personal|feelings"
            r"|opinions"
            r"|emotions|preferences)\b" + _CLAIMS,
        ),
        _segment(
            "greeting",
            r"(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening))(?: there)?" + _STOP,
        ),
        _segment(
            "courtesy",
            r"(?:thanks|thank you)\b" + _SENTENCE + _END,
            r"(?:that['’]s|that is|what) an? (?:great|good|excellent|interesting|tough)\b"
            + _SENTENCE + _END,
            r"you(?:['’]re| are)(?: absolutely| completely)? (?:right|correct)" + _STOP,
            r"(?:i['’]m sorry|i am sorry|my apologies|i apologi[sz]e|sorry|apologies)\b"
            + _SENTENCE + _END,
        ),
    )  # fmt: skip


# 以下 after a number is "at most", not "below".
_BELOW = r"(?:(?<![\d歳岁名人円元%％個个])以下|下記|下面|如下|次の(?:よう|通り|とおり))"
_JA_SHOW = (
    r"(?:示し|紹介し|説明し|まとめ|挙げ|列挙し|提示し|提案し|作成し|記載し|回答し|お答えし"
    r"|お示しし|記し"
    r"|翻訳し|要約し|出力し|訂正し|修正し|解説し|述べ|試算し|計算し|整理し|分析し|解答し"
    r"|お伝えし|お送りし|書き|考え|記述し"
    r"|変換し|実装し|対応し|書い|見てい|お答え|評価し|リストし|リストアップし|抽出し|生成し"
    r"|出力し|用意し|ご用意し|説明し)(?:いたし|致し)?"
    r"(?:ます|ました|ましょう|てみました|ておきます)ね?"
)
_POLITELY = r"(?:いた|致)?し(?:ます|ましょう|ました)ね?"


@cache
def cjk() -> Segments:
    """Japanese and Chinese openings, by kind."""
    return (
        _segment("yes", r"(?:はい|ええ|うん|是的|对的?|對的?)" + _CJK_STOP),
        _segment(
            "agreement",
            r"(?:もちろん(?:です)?(?:とも)?|当然(?:可以|了)?|當然(?:可以)?|好(?:的|啊)?|可以的?"
            r"|[没沒]问题"
            r"|沒問題)" + _CJK_STOP,
        ),
        _segment(
            "acknowledgement",
            r"(?:承知(?:しました|いたしました|致しました)|かしこまりました|了解(?:です|しました"
            r"|いたしました)?"
            r"|分かりました|わかりました|喜んで|お任せください|任せてください|なるほど"
            r"|いいですね|我?明白了?|了解了"
            r"|收到|知道了|很?(?:高[兴興]|乐意|樂意)[为為]您?你?(?:服务|服務|解答|效劳))"
            + _CJK_STOP,
            r"(?:それは)?(?:とても|本当に)?(?:素晴らしい|素敵な|面白い)"
            r"(?:選択|計画|考え|目標|取り組み|アイデア)です(?:ね)?[！!。]",
            r"ご質問" + _CJK + r"ありがとうございま(?:す|した)" + _CJK_END,
            r"(?:とても|非常に)?(?:素晴らしい|いい|良い|面白い|興味深い|鋭い)"
            r"ご?(?:質問|アイデア|テーマ)です(?:ね)?" + _CJK_END,
            r"(?:感谢|感謝|谢谢|謝謝)[您你]?的?(?:提[问問]|问题|問題|咨询)" + _CJK_STOP,
            r"(?:这|這)(?:确实|真)?是一?(?:个|個)(?:很|非常|十分)?(?:好|有趣|有意思"
            r"|重要)的?(?:问题|問題)[！!。，]+",
        ),
        _segment(
            "announcement",
            _CJK + _BELOW + _CJK + _JA_SHOW + _CJK_END,
            _CJK + r"(?:以下|下記|次)の?(?:(?:通り|とおり)(?:になり|で|に)"
            r"(?:す|ます|した|なります)|よう(?:です|でした))" + _CJK_END,
            r"以下[^\n。！？：:]{0,80}?(?:ます|ました|です)" + _CJK_END + r"(?=\s*\n)",
            r"以下[がは]" + _CJK + r"(?:です|になります|となります)" + _CJK_END,
            r"こちら[がは]" + _CJK + r"(?:です|になります|となります)" + _CJK_END + r"(?=\s*\n)",
            r"(?![^\n：:]{0,120}(?:ためには|あります|られます|れます|必要|できます))"
            + r"(?:[^\n。！？：:\u3041-\u30ff]{0,120}?|[^\n。！？：:は]{0,20}?、?)"
            + _BELOW + _CJK + r"[：:]",
            r"(?:以下|下面)(?:是|为|為)" + _CJK + r"。(?=\s*\n)",
            r"(?:这|這)(?:里|裡)?(?:是|有)" + _CJK + r"[：:](?=\s)",
        ),
        _segment(
            "promise",
            _CJK + r"について[^\n。！？：:]{0,20}?(?:説明|解説|紹介|回答|お答え|提案)"
            + _POLITELY + _CJK_END,
            r"[^\n。！？：:は]{0,80}?を(?:ご)?(?:説明|解説|紹介|作成|翻訳|要約|提案|列挙|提示"
            r"|分析|整理)"
            + _POLITELY + _CJK_END + r"(?=\s*\n)",
            # With a subject (は, が) it would be a statement: 「この関数は文字列を変換します。」
            r"[^\n。！？：:はが]{0,60}?(?:説明|解説|紹介|回答|お答え|提案|作成|翻訳|要約|出力"
            r"|生成|列挙|訂正"
            r"|修正|変換|抽出|分類|お手伝い|ご案内)" + _POLITELY + _CJK_END,
            r"[^\n。！？：:]{0,60}?(?:お手伝い|ご説明|ご紹介|お答え|ご提案)(?:することが)?できます"
            + _CJK_END,
            r"(?:(?:根据|按照|依据)[^\n。：:]{0,60}[，,])?我(?:已经?|已經)(?:[为為][您你]"
            r"|[帮幫][您你]|按照|根据|将|整理|完成|[总總][结結]|翻[译譯]|修改|列出|提取)"
            + _CJK + _CJK_END,
            r"(?:我(?:会|會|将|將|来|來|可以|很乐意|很樂意|很高兴|愿意)|[让讓]我(?:来|來|们|們)?)"
            + _CJK
            + r"(?:帮|幫|协助|回答|解答|解释|介绍|提供|说明|翻译|总结|写|生成|创建|尽力)"
            + _CJK + _CJK_END,
        ),
        _segment(
            "greeting",
            r"(?:こんにちは|こんばんは|おはようございます|你好|您好|大家好)[呀啊]?" + _CJK_STOP,
        ),
        _segment(
            "courtesy",
            r"(?:申し訳(?:ございません|ありません)|失礼しました|すみません|抱歉"
            r"|对不起)[^\n。！]{0,60}[。！]",
            r"(?:お問い合わせ|ご依頼|ご連絡)" + _CJK + r"ありがとうございま(?:す|した)" + _CJK_END,
            r"(?:感谢|感謝|谢谢|謝謝)[您你]?" + _CJK + _CJK_END,
        ),
    )  # fmt: skip


@cache
def others() -> Segments:
    """The commonest openings of seven more languages."""
    return (
        _segment(
            "agreement",
            r"[¡¿]?(?:claro(?: que sí)?|por supuesto|desde luego|con gusto|con mucho gusto"
            r"|bien sûr|certainement|d['’]accord|avec plaisir|volontiers|natürlich|gerne?"
            r"|selbstverständlich|com certeza|claro que sim|certo|certamente|volentieri|ma certo"
            r"|конечно|разумеется|хорошо|물론(?:입니다|이죠|이에요)?|알겠습니다|좋습니다)"
            r"(?:\s?[!！.:]+|,)(?=\s|$)",
        ),
        _segment(
            "announcement",
            r"[¡¿]?(?:aquí (?:te |le )?(?:tienes?|está|están|hay|presento|dejo|va)|a continuación"
            r"|voici|voilà|ci-dessous|hier (?:ist|sind|finden|hast|kommt)|nachfolgend|im folgenden"
            r"|aqui (?:está|estão|vai|tem)|a seguir|segue|seguem|ecco|di seguito|вот|ниже)\b"
            r"[^\n:]{0,200}:(?=\s)",
            r"(?:다음은|아래는|여기|아래에)[^\n:.]{0,120}(?:입니다|있습니다|드립니다"
            r"|드리겠습니다)[.:](?=\s)",
        ),
    )  # fmt: skip


_WORD = re.compile(r"[¡¿]?(?:[^\W\d_]+(?:['’][a-z]+)?)")
# The words that can open each kind; a kind that is not here is opened by any word.
_OPENERS = {
    "yes": "yes yep yeah",
    "agreement": "oh ah well sure surely why certainly of absolutely definitely ok okay",
    "acknowledgement": "i i'm i’m thanks thank alright all got understood noted no right will here"
    " gladly with"
    " my by very you as what that's that’s that this a an really truly great good excellent"
    " interesting wonderful fantastic fascinating important fun awesome lovely thoughtful perfect"
    " sounds",
    "announcement": "here here's here’s below the following this these i've i’ve i let's let’s"
    " lets",
    "promise": "i i'd i’d i'll i’ll i'm i’m let allow we happy",
    "disclaimer": "as i i'm i’m oh well hello hi",
    "greeting": "hi hello hey greetings good",
    "courtesy": "thanks thank that's that’s that what you you're you’re i i'm i’m my sorry"
    " apologies",
}


@cache
def _by_word() -> dict[str, Segments]:
    """The segments that a word can open."""
    table: dict[str, Segments] = {}
    for kind, pattern in english():
        for word in _OPENERS[kind].split():
            table[word] = (*table.get(word, ()), (kind, pattern))
    for word in [
        "claro",
        "por",
        "desde",
        "con",
        "bien",
        "certainement",
        "d'accord",
        "d’accord",
        "avec",
        "volontiers",
        "natürlich",
        "gern",
        "gerne",
        "selbstverständlich",
        "com",
        "certo",
        "certamente",
        "volentieri",
        "ma",
        "конечно",
        "разумеется",
        "хорошо",
        "물론",
        "물론입니다",
        "물론이죠",
        "물론이에요",
        "알겠습니다",
        "좋습니다",
        "aquí",
        "a",
        "voici",
        "voilà",
        "ci",
        "hier",
        "nachfolgend",
        "im",
        "aqui",
        "segue",
        "seguem",
        "ecco",
        "di",
        "вот",
        "ниже",
        "다음은",
        "아래는",
        "여기",
        "아래에",
    ]:
        table[word] = (*table.get(word, ()), *others())
    return table


# What every Japanese or Chinese opening has one of, beside those that `_CJK_FIRST` begin.
_CJK_CUE = re.compile(
    "以下|下記|下面|如下|次の|説明|解説|紹介|回答|答え|提案|作成|翻訳|要約|出力|生成|列挙|訂正"
    "|修正|変換|抽出|分類|手伝|案内|こちら"
    "|我|让我|讓我|这|這|ご|お"
)
_CJK_FIRST = frozenset(
    "そ本はえうも当當好可没沒承か了分わ喜我明收知い良素面興こ感谢謝お任な申失す抱对對是你您大这這很高非と鋭让讓"
)
_MOST_CJK_SENTENCE = 200
_CJK_SENTENCE_END = re.compile(r"[。！!：:\n]")


def segment_at(text: str, position: int) -> tuple[str, int] | None:
    """The kind and the end of the opening segment that starts at `position`, if one does."""
    first = text[position : position + 1]
    if not first:
        return None
    if first >= "\u3000" and not "\uac00" <= first <= "\ud7a3":
        return _cjk_at(text, position, first)
    word = _WORD.match(text, position)
    if word is None:
        return None
    lower = word[0].lower().lstrip("¡¿")
    for kind, pattern in _by_word().get(lower, ()):
        if match := pattern.match(text, position):
            return kind, match.end()
    # "After reading the reviews, here are …:"
    line = text[position : position + 260].partition("\n")[0].rstrip(" \t*_")
    if (
        line.endswith(":")
        and ("here" in line or "follow" in line or "below" in line)
        and (match := _LED_UP.match(text, position))
    ):
        return "announcement", match.end()
    if not text.isascii() and _KANA_OR_HAN.search(line, 0, 40):
        return _cjk_at(text, position, first)
    return None


_KANA_OR_HAN = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")


# An announcement that begins with anything, on a line of its own.
_LED_UP = re.compile(
    r"[a-z]+\b(?=[^\n:.!?]{0,200}\b(?:here (?:is|are)|here['’]s|below|as follows)\b)"
    + _CLAUSE + r":" + r"(?=[ \t*_]*\n)" + _SPACE,
    re.IGNORECASE,
)  # fmt: skip


def _cjk_at(text: str, position: int, first: str) -> tuple[str, int] | None:
    if first not in _CJK_FIRST:
        end = _CJK_SENTENCE_END.search(text, position, position + _MOST_CJK_SENTENCE)
        if end is None or not _CJK_CUE.search(text, position, end.end()):
            return None
    for kind, pattern in cjk():
        if match := pattern.match(text, position):
            return kind, match.end()
    return None


LABEL = re.compile(
    r"(?:(?:so|therefore|thus|hence),? )?"
    r"(?:(?:the|my|your|final|correct) ){0,3}(?:[a-z-]{1,20} ){0,2}?"
    r"(?:answer|result|output|string|word|label|translation|solution|option|choice|category|class"
    r"|sentiment|number|value|response|reply)(?: (?:of|for|to) [^\n:.]{1,60}?)?"
    r"(?: (?:is|would be|becomes):?(?=\s)|[*_]{0,3}\s?[:：])[*_]{0,3}\s*"
    r"|(?:答え|回答|解答|正解|出力|結果|答案|结果|翻訳|翻译)\s?[：:]\s*",
    re.IGNORECASE,
)
"""What may stand before a bare answer: "Answer:", "The reversed string is", 「答え：」."""
