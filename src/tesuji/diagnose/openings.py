"""The phrases with which models open an answer, in English, Japanese and Chinese.

Each pattern matches one whole opening segment (a phrase or a sentence) with the white space after
it, from a given position. They are anchored, and every gap in them is bounded and never nested in
a repetition, so that a match costs a bounded number of steps on any text. They are
compiled when first needed.

yes              "Yes,", 「はい、」, "是的，": an answer, where a yes/no question was asked
agreement        "Sure!", 「もちろんです！」, "好的，": likewise, but more often mere chatter
acknowledgement  "Got it.", "Great question!", 「承知しました。」, "明白了。"
courtesy         greeting, thanks, apology: deletable only before another segment
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
_CJK = r"[^\n。！？：:]{0,120}?"


def _segment(kind: str, *alternatives: str) -> tuple[str, re.Pattern[str]]:
    return kind, re.compile("(?:" + "|".join(alternatives) + ")" + _SPACE, re.IGNORECASE)


_HERE = (
    r"(?:here(?:['’]s| is| are| it is| they are)|below (?:is|are)|(?:the )?following (?:is|are))\b"
)
_HELP = (
    r"(?:help|assist|do my best|try my best|answer|explain|provide|give|show|walk you|guide"
    r"|share|write|create|generate|translate|summari[sz]e|reverse|rewrite|correct|solve)"
)


@cache
def english() -> Segments:
    """English openings, by kind."""
    return (
        _segment("yes", r"(?:yes|yep|yeah)" + _STOP),
        _segment(
            "agreement",
            r"(?:(?:oh|ah|well),? )?"
            r"(?:sure(?: thing)?|certainly|of course|absolutely|definitely|ok(?:ay)?)" + _STOP,
        ),
        _segment(
            "acknowledgement",
            r"(?:thanks|thank you)(?: so much| very much)? for "
            r"(?:asking|(?:your|the) (?:question|query))"
            + _STOP,
            r"(?:alright|all right|got it|understood|noted|no problem|right away|will do"
            r"|here you go)"
            + _STOP,
            r"(?:(?:what )?an? )?(?:great|good|excellent|interesting|wonderful) "
            r"question" + _STOP,
            r"(?:great|perfect|awesome|excellent|sounds good)" + _END,
        ),
        _segment(
            "announcement",
            # With a colon: what follows it, on this line or the next, is the answer.
            _HERE + r"[^\n:]{0,240}:(?=[\s*_]|$)",
            # Without one: a sentence that is a paragraph, or stands before a block.
            _HERE + r" (?:an?|the|your|my|some|one|two|three|four|five|\d+|what|how|another"
            r"|several)\b"
            r"[^\n.!?]{0,240}[.!]?(?=[ \t]*\n(?:[ \t]*\n|[`{\[|#*\-\d\"]))",
            r"(?:the|an?|this|after|based|in|for|my|your|some)\b"
            r"(?=[^\n:]{0,240}\b(?:here (?:is|are)|here's|below|as follows)\b)[^\n:]{0,240}:"
            r"(?=[ \t*_]*\n)",
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
            "courtesy",
            r"(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening))(?: there)?" + _STOP,
            r"(?:thanks|thank you)\b" + _SENTENCE + _END,
            r"(?:that['’]s|that is|what) an? (?:great|good|excellent|interesting|tough)\b"
            + _SENTENCE + _END,
            r"(?:i['’]m sorry|i am sorry|my apologies|i apologi[sz]e|sorry|apologies)\b"
            + _SENTENCE + _END,
        ),
    )  # fmt: skip


# 以下 after a number is "at most", not "below".
_BELOW = r"(?:(?<![\d歳岁名人円元%％個个])以下|下記|下面|如下|次の(?:よう|通り|とおり))"
_JA_SHOW = (
    r"(?:示し|紹介し|説明し|まとめ|挙げ|列挙し|提示し|提案し|作成し|記載し|回答し|お答えし|お示しし|記し"
    r"|翻訳し|要約し|出力し|訂正し|修正し|解説し|述べ)(?:いたし|致し)?"
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
            r"(?:もちろん(?:です)?(?:とも)?|当然(?:可以|了)?|當然(?:可以)?|好(?:的|啊)?|可以的?|[没沒]问题"
            r"|沒問題)" + _CJK_STOP,
        ),
        _segment(
            "acknowledgement",
            r"(?:承知(?:しました|いたしました|致しました)|かしこまりました|了解(?:です|しました|いたしました)?"
            r"|分かりました|わかりました|喜んで|我?明白了?|了解了|收到|知道了)" + _CJK_STOP,
        ),
        _segment(
            "announcement",
            _CJK + _BELOW + _CJK + _JA_SHOW + _CJK_END,
            _CJK + r"(?:以下|下記|次)の?(?:通り|とおり|よう)"
            r"(?:になり|で|に)(?:す|ます|した|なります)" + _CJK_END,
            r"以下[^\n。！？：:]{0,80}?(?:ます|ました|です)" + _CJK_END + r"(?=\s*\n)",
            r"以下[がは]" + _CJK + r"(?:です|になります|となります)" + _CJK_END + r"(?=\s|$)",
            r"こちら[がは]" + _CJK + r"(?:です|になります|となります)" + _CJK_END + r"(?=\s*\n)",
            _CJK + _BELOW + _CJK + r"[：:]",
            r"(?:以下|下面)(?:是|为|為)" + _CJK + r"。(?=\s*\n)",
            r"(?:这|這)(?:里|裡)?(?:是|有)" + _CJK + r"[：:](?=\s)",
        ),
        _segment(
            "promise",
            _CJK + r"について[^\n。！？：:]{0,20}?(?:説明|解説|紹介|回答|お答え|提案)"
            + _POLITELY + _CJK_END,
            # With a subject (は, が) it would be a statement: 「この関数は文字列を変換します。」
            r"[^\n。！？：:はが]{0,60}?(?:説明|解説|紹介|回答|お答え|提案|作成|翻訳|要約|出力|生成|列挙|訂正"
            r"|修正|変換|抽出|分類|お手伝い|ご案内)" + _POLITELY + _CJK_END,
            r"(?:我(?:会|會|将|將|来|來|可以|很乐意|很樂意|很高兴|愿意)|[让讓]我(?:来|來|们|們)?)"
            + _CJK
            + r"(?:帮|幫|协助|回答|解答|解释|介绍|提供|说明|翻译|总结|写|生成|创建|尽力)"
            + _CJK + _CJK_END,
        ),
        _segment(
            "courtesy",
            r"(?:こんにちは|こんばんは|おはようございます|你好|您好|大家好)" + _CJK_STOP,
            r"(?:ご質問|お問い合わせ|ご依頼)" + _CJK + r"ありがとうございま(?:す|した)" + _CJK_END,
            r"(?:素晴らしい|いい|良い|面白い|興味深い)ご?質問です(?:ね)?" + _CJK_END,
            r"(?:感谢|感謝|谢谢|謝謝)[您你]?" + _CJK + _CJK_END,
            r"(?:这|這)是一(?:个|個)(?:很|非常)?(?:好|有趣)的(?:问题|問題)[！!。，]+",
        ),
    )  # fmt: skip


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
