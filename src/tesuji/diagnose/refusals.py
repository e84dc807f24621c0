"""The phrases with which models decline, and those that may follow without being an answer.

Every gap is bounded, and the patterns are tried on windows of a bounded length only. They are
compiled when first needed.

English needs either a refusal that says what is refused ("I cannot provide") or a weaker
one beside an apology or the words "as an AI". Japanese and Chinese likewise.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple


class Phrases(NamedTuple):
    """How a language declines.

    firm         enough alone: "I can't assist with that"
    weak         counts only where `humble` stands before it: "don't have"
    humble       an apology, or that a machine speaks
    idle         a sentence that is no part of an answer: offers, advice to ask others
    reason       a sentence that says why; not an answer after a firm refusal
    most_firm    characters of real content that may follow a firm refusal
    most_weak    likewise for a weak one
    """

    firm: re.Pattern[str]
    weak: re.Pattern[str]
    humble: re.Pattern[str]
    idle: re.Pattern[str]
    reason: re.Pattern[str]
    most_firm: int
    most_weak: int


_AI = (
    r"(?:as|i['’]?m|i am|being)(?: just| only| merely)? an? "
    r"(?:[\w-]+ ){0,4}?(?:ai\b|model|assistant|chatbot|machine|program|artificial|bot\b)"
)
_CANNOT = (
    r"(?:can ?not|can['’]?t|could ?n['’]?t|(?:am |['’]m )?(?:currently |simply )?(?:unable|not able"
    r"|not (?:capable|allowed|permitted|programmed|designed|authori[sz]ed|equipped|comfortable"
    r"|qualified|in a position|going))|wo['’]?n['’]?t|won['’]t(?: be able)?|will not(?: be able)?"
    r"|(?:must|have to|need to|will have to) (?:respectfully )?(?:decline|refuse))"
)
_DO = (
    r"(?:assist|help|fulfil|comply|provid|answer|respond|giv|generat|creat|writ|shar|offer|support"
    r"|engag|participat|produc|discuss|recommend|complet|process|perform|accommodat|satisfy"
    r"|do (?:that|this|so)|access|brows|open|view|retriev|search|fetch|play|predict|execut"
    r"|recit|reproduc|promot|advis|condone|endors|advocat|translat|summari[sz]|describ|tell you"
    r"|make (?:an?|any|moral|subjective)|express|speculat|see (?:the|your|any|image|picture)"
    r"|determine|confirm|verify|diagnos|show|continue|proceed|carry out|identify|find|fully"
    r"|accurately|directly|personally|physically|have|feel|experience|convey|say)"
)
_NO_POSSESSION = (
    r"(?:do not|don['’]?t|does not|doesn['’]t)(?: currently| actually| yet| really| personally)? "
    r"(?:have|possess|hold)|have no|lack|not have"
)
_HAD = (
    r"(?:access|(?:any |specific |enough |sufficient |more |detailed |up-to-date |the |current "
    r"|further |reliable |accurate ){0,3}(?:information|knowledge|data|context|details|ability"
    r"|capability|capacity)|real[- ]?time|personal|opinion|preferences|feelings|emotions|beliefs"
    r"|(?:an? |any |my own |subjective ){0,2}(?:opinion|view|preference|feeling|emotion|belief"
    r"|experience|body|favou?rite|physical|personal))"
)


@cache
def english() -> Phrases:
    """How English declines."""
    return Phrases(
        re.compile(
            # Each begins with one of few letters at a word's start: all other places fail at once.
            r"^\W*i (?:do not|don['’]?t)(?: \w+)? know\b|\b(?=[iwavscu])(?:"
            rf"(?:i|we)(?: (?:am|do|really|simply|just|also|personally|regret that i|truly"
            rf"|currently|unfortunately),?){{0,2}}(?:['’]m)? ?{_CANNOT}(?: to| of| with)?"
            rf"(?: (?:be able|currently|really|in good conscience|ethically|legally|able|to|of"
            rf"|actually|therefore|just)){{0,3}} {_DO}"
            rf"|i (?:{_NO_POSSESSION})(?: any| an?| the)? {_HAD}"
            r"|(?:i|we) (?:respectfully |politely )?(?:decline|refuse) to\b"
            r"|i (?:do not|don['’]?t)(?: \w+)? (?:know|understand) (?:how|the|what|who|your|that"
            r"|this|if|anything|about)\b"
            r"|i(?:['’]m| am) (?:not (?:\w+ )?familiar|unfamiliar) with\b"
            r"|i(?:['’]m| am) not (?:\w+ )?sure (?:if |that |how )?i (?:can|could) (?:help|assist"
            r"|answer)"
            r"|i (?:do not|don['’]?t) feel comfortable\b|i could (?:find no|not find)\b"
            r"|it(?:['’]s| is| would be| is just| is simply) (?:not |in)(?:ethical|appropriate"
            r"|acceptable)(?: or \w+)? (?:for me )?to (?:provid|writ|creat|generat|assist|help|shar"
            r"|mak|giv|discuss|engag|promot)"
            r"|(?:against|violates?) (?:my|our|openai['’]s)(?: \w+){0,2} (?:polic|guideline"
            r"|programming|principles|rules)"
            r"|(?:sorry|apologi[sz]e|apologies)\b[^.!?\n]{0,40}\b(?:i|we)\b[^.!?\n]{0,20}"
            r"\b(?:can ?not|can['’]?t|unable|not able|won['’]t)\b"
            r"|(?:can ?not|can['’]t|unable to) (?:assist|comply|fulfil|help)(?:l|ll)? (?:you )?"
            r"(?:with|your|that|this|the)\b)",
            re.IGNORECASE,
        ),
        re.compile(
            r"\b(?:can ?not|can['’]?t|unable|not able|not capable|not possible|impossible|have no"
            r"|not have|n['’]?t have|n['’]t (?:know|understand|seem|appear|find|possess|provide|"
            r"exist|enough|any|quite)|not (?:know|understand|seem|familiar|aware|sure|provided"
            r"|programmed|designed|trained|enough|appropriate|something i|possess|find|clear"
            r"|my place|exist)"
            r"|no (?:information|access|knowledge|record|data|way for me)"
            r"|(?:with|based)(?:out| on)? (?:the |more |further |additional |limited |any )"
            r"(?:information|context|details)|lack)\b",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\b(?:sorry|apologi[sz]e|apologies|unfortunately|regret|{_AI})", re.IGNORECASE
        ),
        re.compile(
            r"\?\s*$|\blet me know\b|\bplease\b|\bfeel free\b|\b(?:if|would) you\b|\bif there\b"
            r"|\byou (?:can|could|may|might|should|will|would|need)\b"
            r"|\b(?:i|we)(?:['’](?:m|d|ll)| am| would| can| could| may| might| will)? (?:\w+ )?"
            r"(?:be |am )?(?:able to |here to |happy to |glad to |designed to |programmed to "
            r"|do my best|try)"
            r"|\bi (?:can|could|would|may|might) (?:\w+ )?(?:help|assist|offer|provide|suggest"
            r"|recommend|answer|try|brainstorm|write|create|understand|guide|share)\b"
            r"|\b(?:my|i am|i['’]m|as an?)(?: [\w-]+){0,4} (?:purpose|goal|training|programming"
            r"|knowledge|capabilit|assistant|model|ai)\b|\bi (?:do not|don['’]t|cannot|can['’]t)\b"
            r"|\b(?:recommend|suggest|consult|advis|best to|check|seek|refer to)",
            re.IGNORECASE,
        ),
        re.compile(
            r"\b(?:important to|illegal|unethical|ethical|harmful|dangerous|inappropriate"
            r"|offensive|against the law|violat|polic(?:y|ies)|privacy|consent|copyright|safety"
            r"|respect|language model|artificial intelligence|not (?:possible|appropriate|ethical"
            r"|suitable|real|safe|able|have|clear)|cannot|can['’]t|more (?:information|context"
            r"|details)|would (?:be necessary|need|require)|would likely|without|infring|i|me|my"
            r"|instead)\b",
            re.IGNORECASE,
        ),
        340,
        110,
    )


_JA_NOT = (
    r"(?:(?:でき|出来)(?:ません|ない|かね)|(?:致し|いたし|し)?かねます|(?:は|が|を)?(?:不可能"
    r"|不明)です"
    r"|(?:持|有)(?:っ|し)て(?:い|お)?(?:り)?(?:ません|ない)|持(?:ちませ|たな)|(?:分"
    r"|わ)かり(?:ません|かね)"
    r"|存じ(?:ません|上げません|ておりません)|ありません|ございません|控え|見つかりません"
    r"|知りません)"
)


@cache
def japanese() -> Phrases:
    """How Japanese declines."""
    return Phrases(
        re.compile(
            r"(?:提供|回答|お答え|お応え|応え|答え|対応|お手伝い|手伝|お教え|教え|アクセス|支援"
            r"|生成|作成"
            r"|お伝え|協力|説明|紹介|予測|応じ|お示し|サポート|閲覧|検索|取得|特定)(?:する|し|る)?"
            r"(?:こと|の)?(?:は|が|も)?(?:(?:でき|出来)(?:ません|ない(?:です|。|ため|ので|こと))"
            r"|(?:でき|いたし|致し|し)?かねます|不可能です|(?:差し)?控え)"
            r"|(?:申し訳|すみません|すいません|ごめんなさい|恐れ入ります|恐縮)[^。\n]{0,80}"
            + _JA_NOT
            + r"|(?:AI|人工知能|言語モデル|アシスタント)[^。\n]{0,60}" + _JA_NOT
            + r"|(?:私|わたし|当方)(?:は|に|に?は|も|の)[^。\n]{0,50}"
            r"(?:情報|知識|データ|能力|機能|感情|意見|好み|味覚|アクセス|経験|権限)[^。\n]{0,12}"
            + _JA_NOT
        ),
        re.compile(_JA_NOT),
        re.compile(r"申し訳|すみません|すいません|ごめんなさい|残念|恐れ入り|AI|人工知能|言語モデル"),
        re.compile(
            r"[？?]\s*$|ください|下さい|お勧め|おすすめ|推奨|もし|お手伝い|お答え|お探し"
            r"|専門家|公式|確認|参考|参照|問い合わせ|幸いです|ご質問|ご相談|ご了承|申し訳"
            r"|いただけ|頂け"
            r"|必要(?:です|が)|ことは(?:可能|できます)|提供できます|可能です$"
        ),
        re.compile(
            r"違法|法律|倫理|犯罪|危険|有害|安全|私|AI|ませ|できない|ため|情報|提供|可能"
            r"|かもしれ|場合"
        ),
        110,
        45,
    )  # fmt: skip


_ZH_NOT = (
    r"(?:[无無]法|不能|不可以|[没沒]有|不[会會]|不知道|不了解|不清楚|不支持|不便|不太?方便|未能"
    r"|[难難]以|不具[备備]|做不到"
    r"|不理解|不明白|[没沒]办法)"
)


@cache
def chinese() -> Phrases:
    """How Chinese declines."""
    return Phrases(
        re.compile(
            r"(?:抱歉|[对對]不起|很?[遗遺]憾|不好意思)[^。\n]{0,40}" + _ZH_NOT
            + r"|(?:作[为為]|我(?:只)?是)[^，。\n]{0,16}(?:AI|人工智[能慧]|模型|助手|助理|机器人)"
            + r"[^。\n]{0,40}"
            + _ZH_NOT
            + r"|我(?:目前|暂时|現在|现在|并|並|是|也|实在)*(?:[无無]法|不能|[没沒]有?办法"
            r"|[没沒]有(?:能力|[权權]限"
            r"|访问|訪問|个人|個人|情感|感情|实时|任何)|不具[备備])"
        ),
        re.compile(_ZH_NOT),
        re.compile(r"抱歉|[对對]不起|[遗遺]憾|不好意思|语言模型|語言模型|人工智能|AI"),
        re.compile(
            r"[？?]\s*$|[请請]|建[议議]|如果|我(?:可以|会|會|能|很|的)|您|[咨諮][询詢]"
            r"|可以[通查访訪]"
            r"|[专專]家|官方"
        ),
        re.compile(r"[违違]法|法律|道德|危[险險]|[帮幫]助|提供|不能|[无無]法|需要|敏感|我"),
        100,
        40,
    )  # fmt: skip


@cache
def others() -> Phrases:
    """How Spanish, French, German, Portuguese, Italian, Russian and Korean decline, in short."""
    firm = (
        r"\bno puedo (?:ayudar|proporcion|cumplir|responder|asist|generar|crear|hacer|dar)"
        r"|\blo siento\b[^.\n]{0,60}\bno (?:puedo|tengo|es posible)"
        r"|\b(?:désolée?|regrette|excuse)\b[^.\n]{0,60}\b(?:ne (?:peux|suis|dispose)|n['’]ai)\b"
        r"|\bje ne (?:peux|suis) pas (?:en mesure|aider|fournir|répondre|vous)"
        r"|\b(?:leid|entschuldigung)\b[^.\n]{0,60}\b(?:kann|habe|bin|darf)\b[^.\n]{0,60}"
        r"\b(?:nicht|keine?n?)\b"
        r"|\b(?:desculpe|desculpa|sinto muito|lamento)\b[^.\n]{0,60}\bnão (?:posso|tenho|consigo)"
        r"|\b(?:mi dispiace|spiacente)\b[^.\n]{0,60}\bnon (?:posso|ho|sono in grado)"
        r"|(?:извините|простите|сожалению)[^.\n]{0,60}(?:не могу|не имею|нет доступа)"
        r"|(?:죄송|미안|유감)[^\n]{0,80}(?:없습니다|없어요|못합니다|어렵습니다|않습니다)"
    )
    never = re.compile(r"(?!)")
    idle = re.compile(
        r"\?\s*$|\b(?:puedo|puedes|puede|favor|si|je|vous|peux|ich|sie|wenn|posso|você|se|может"
        r"|если"
        r"|вы|могу)\b|도와|주세요|있습니다",
        re.IGNORECASE,
    )
    return Phrases(re.compile(firm, re.IGNORECASE), never, never, idle, idle, 200, 0)
