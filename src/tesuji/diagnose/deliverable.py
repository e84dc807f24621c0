"""Whether a prompt asks for a deliverable alone, and where notes about it begin.

A deliverable is a text that would be handed on as it is: a translation, a corrected sentence, a
function, a table, one word. Notes after it are wanted where the prompt asks why or how.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, TypeAlias

Deliverable: TypeAlias = Literal["", "label", "text", "block", "work"]
"""What is demanded: "label" one word or letter, "text" a text made from a given one, "block" code
or data, "work" a new text (mail, story, song), "" none of them, or an explanation with it."""

_WINDOW = 700  # characters; the instruction stands at the prompt's beginning or end
# What is looked for in a prompt is in lower case, as the prompt then is: IGNORECASE is slow.
_EXPLAIN = re.compile(
    r"\b(?:expla\w+|why|reason\w*|justif\w+|describ\w+|comment\w*|step[- ]by[- ]step"
    r"|walk (?:me|us)"
    r"|discuss\w*|analy[sz]\w+|notes?|rationale|thoughts?|teach|learn\w*|understand|how (?:do|to"
    r"|can"
    r"|does|would|is|are|should|did)|what (?:is|are|does|do)|tell me (?:what|how|about)|tips?"
    r"|compare|difference|feedback|highlight\w*|point out|list (?:the|all|any|your) (?:changes"
    r"|corrections|mistakes|errors)|breakdown|elaborate)\b"
    r"|説明|理由|解説|なぜ|どうして|根拠|ポイント|教えて|述べて|考察|違い|コメント|アドバイス|解释"
    r"|解釋|说明|說明|为什么"
    r"|為什麼|理由|分析|原因|讲解|怎么|如何|介绍|建议|描述",
)
_LABEL = re.compile(
    r"\b(?:answer|reply|respond|output|return|provide|give|say|write|print)\b[^.\n]{0,40}\b(?:only"
    r"|just"
    r"|exactly|nothing (?:but|else))\b[^.\n]{0,60}\b(?:word|letter|number|yes (?:or|and) no|yes/no"
    r"|label|option|name"
    r"|answer|category|true|false|choice|digit|class)\b"
    r"|\b(?:only|just) (?:answer|reply|respond|output|return|provide|give|say|write|print|the|with"
    r"|one"
    r"|a single)\b[^.\n]{0,60}\b(?:word|letter|number|yes (?:or|and) no|yes/no|label|option|name"
    r"|category|true|false"
    r"|choice|answer|digit|class)\b"
    r"|\b(?:answer|respond|reply|say|state)\b[^.\n]{0,30}\b(?:yes(?: or |/)no|true(?: or "
    r"|/)false)\b"
    r"|[「\"]?はい[」\"]?(?:か|または|/|もしくは|、)[「\"]?いいえ[」\"]?(?:で|のどちら|のいずれ)"
    r"|(?:番号|記号|単語|数字|アルファベット)"
    r"で(?:答え|回答|解答)|(?:回答|回复|输出|只说)[“「\"]?是[”」\"]?(?:或|还是)[“「\"]?否"
    r"|\b(?:in|with) (?:one|a single) word\b|\bnothing else\b|\bno (?:explanation|other text)\b"
    r"|(?:数字|番号|記号|単語|ラベル|名前|アルファベット|はい|いいえ|カテゴリ|カテゴリー|名称"
    r"|選択肢|英字)"
    r"(?:のみ|だけ)(?:を|で)?[^。\n]{0,6}(?:出力|回答|答え|返|記入|書)|一(?:言|単語|語)で"
    r"|はい(?:か|または|/)いいえで"
    r"|(?:只|仅|僅)(?:需要?|要)?(?:输出|輸出|回答|返回|给出|回复)[^。\n]{0,12}(?:字母|数字|选项"
    r"|標籤|标签|类别|名称|是|词|单词)",
)
_LABEL_HINTS = (
    "only", "just", "one word", "single word", "or no", "True", "true", "/no", "nothing else",
    "no expl", "no other", "のみ", "だけ", "いいえ", "で答え", "で回答", "で解答", "一言",
    "一単語", "一語", "只", "仅", "僅", "否",
)  # fmt: skip
_TEXT = re.compile(
    r"\b(?:(?:be|is|are) (?:classified|corrected|categori[sz]ed|converted|edited|improved"
    r"|simplified)"
    r"|translat\w+|rewrit\w+|re-?phras\w+|paraphras\w+|proofread\w*|(?:fix|correct|improve"
    r"|edit"
    r"|simplify|shorten|convert|change|turn|transform|reword|revise"
    r"|make)\b[^.\n]{0,60}\b(?:sentence"
    r"|paragraph|text|grammar\w*|errors?|mistakes?|phrase|passage|spelling|punctuation|word order)"
    r"|classify|categori[sz]e|extract|fill in|complete the (?:sentence|following|text)|unscramble"
    r"|identify the (?:part|type|sentiment))\b"
    r"|翻訳|和訳|英訳|日本語訳|中国語訳|言い換え|書き換え|書き直|校正|添削|訂正|直して|修正して"
    r"|変換して|要約して|抽出"
    r"|分類し|並[びべ]替え|直してください|にして(?:ください|下さい)|翻译|翻譯|改写|改寫|润色|潤色"
    r"|纠正|修改|改成|改为|转换|转写|提取|抽取|分类|缩写"
    r"|续写|填空",
)
_DATA = re.compile(r"(?<![a-z])(?:json|csv|yaml|xml|mermaid|svg|graphviz)(?![a-z])")
# The answer itself is to be data, whatever it explains.
_IN_DATA = re.compile(
    r"\b(?:output|response|answer|reply)\b[^.\n]{0,30}\b(?:in|as) (?:valid )?(?:json|csv|yaml"
    r"|xml)\b"
    r"|(?:回答|応答|出力|結果)は?[^。\n]{0,12}(?:json|csv|yaml|xml)"
    r"|(?:json|csv|yaml|xml)(?:形式|フォーマット)?で(?:答え|回答|出力|返)"
    r"|(?:用|以)(?:json|csv|yaml|xml)(?:格式)?",
)
_EXPLAINED = re.compile(r"\bexpla(?:in|nation)\w*|\bwalk me\b|説明し|解説し|解释|讲解")
_SAY_WHY = re.compile(
    r"\b(?:expla(?:in|nation)\w*|why|justify\w*|justification|discuss|analy[sz]e|compare"
    r"|step[- ]by[- ]step"
    r"|walk (?:me|us)|how (?:it|they|this|each) works?|rationale|give reasons?)\b"
    r"|説明|理由|解説|なぜ|解释|说明|为什么|理由",
)
_BLOCK = re.compile(
    r"\b(?:html|markdown table|table|regex|regular expression|sql query"
    r"|formula|latex)\b|\b(?:write|create|implement|generate|give|make|code|build|produce|develop"
    r"|find)\b[^.\n]{0,60}\b(?:code|function|program|script|query|class|snippet|command"
    r"|algorithm|page"
    r"|component|method|macro)\b"
    r"|\b(?:provide|give|write)\b[^.\n]{0,30}\b(?:java|python|javascript|c\+\+|c#|rust|go|kotlin"
    r"|sql)"
    r" (?:solution|implementation)\b"
    r"|(?:^|\n)(?:python|java|javascript|c\+\+|sql|bash) (?:function|program|script|code) (?:to"
    r"|that|for)\b"
    r"|\b(?:convert|translate|turn)\b[^.\n]{0,40}\b(?:in)?to an? (?:bash|shell|regex|sql|python"
    r"|command|latex|markdown)\b"
    r"|\b(?:implement|create|build|make|write|develop)\b[^.\n]{0,80}\b(?:in|using|with) (?:python"
    r"|java|javascript|typescript|c\+\+|c#|rust|golang|go|kotlin|swift|php|ruby|bash|html|sql)\b"
    r"|(?:プログラム|アプリ|スクリプト|ツール)を開発"
    r"|(?:コード|関数|プログラム|スクリプト|クエリ|正規表現|ソース)を?[^。\n]{0,20}(?:書|作|出力"
    r"|実装|生成|示)|表(?:形式|で|を作|に)"
    r"|(?:写|编写|生成|实现|给出|編寫|实现)[^。\n]{0,30}(?:代码|函数|程序|脚本|程式|查询|表格"
    r"|算法)|表格",
)
_WORK = re.compile(
    r"\b(?:writ\w+|compos\w+|creat\w+|generat\w+|draft\w*|invent|craft|curate|come up with|make)\b"
    r"[^.\n]{0,60}\b(?:poem|story|song|haiku|e-?mail|letter|dialogue?|conversation|script|speech"
    r"|essay|tweet|post|slogan|title|headline|playlist|lyrics|joke|limerick|rap|ad|advertisement"
    r"|caption|summary|riddle|tagline|review|bio|message|paragraph|sentence|name|names|list)s?\b"
    r"|summari[sz]e"
    r"|(?:詩|物語|小説|歌詞|俳句|短歌|川柳|メール|手紙|会話|台本|スピーチ|作文|キャッチコピー"
    r"|タイトル|文章|記事|文|文書|報告書|企画書|資料|指導書|テンプレート|クイズ)(?:の?例)?を"
    r"[^。\n]{0,20}(?:書|作|考え|生成|挙げ|送)"
    r"|(?:写|寫|创作|撰写|编写|作|生成)[^。\n]{0,20}(?:诗|詩|故事|小说|歌|邮件|信|对话|剧本|演讲"
    r"|作文|文案|标题|文章|笑话|段)",
)
_ASKS = re.compile(r"(?:write|create|implement|provide|generate|develop|build|code|make)\b")
_PLAYED = re.compile(
    r"\b(?:role-?play\w*|pretend|act(?:ing)? as|in character|persona"
    r"|you are (?:a|an|the|my|now)\b(?! (?:helpful |ai |an? )*assistant)|imagine you(?: are"
    r"|['’]re))\b"
    r"|ロールプレイ|なりきっ|演じ|コーチ|になったつもり|のように(?:話|振る舞)|扮演|角色",
)
_HOW_TO = re.compile(
    r"\bhow (?:can|do|should|would|to|could) (?:i |you |one |we )?(?:write|make|create|start)\b"
    r"|\bguide me\b",
)
# Texts that are addressed to somebody: "Let me know" can belong to them.
_ADDRESSED = re.compile(
    r"\b(?:e-?mails?|(?<!case )(?<!capital )(?<!(?:upper|lower)case )(?<!the )(?<!and )letters"
    r"|(?<!case )(?<!capital )letter(?! [\"'“‘]?[a-z]\b)"
    r"|memo|invitation|newsletter|your customers?|voice ?mail|transcript)\b"
    r"|\b(?:writ\w+|compos\w+|creat\w+|generat\w+|draft|craft|give|make|need|suggest|come up with"
    r"|respond"
    r"|reply|rewrite|paraphrase|rephrase|translate|continue|complete|improve|edit|convert|change"
    r"|add)\b"
    r"[^.\n]{0,80}\b(?:messages?|posts?|tweets?|captions?|blog|advert\w*|ads?|copy|announcement"
    r"|speech|script"
    r"|story|dialogue?|conversation|chat|reviews?|toast|card|lyrics|song|rap|poem|pitch|proposal"
    r"|page|hook"
    r"|video|statement|article|profile|bio|comment|response|sentence|text|note|monologue"
    r"|introduction)\b"
    r"|\b(?:écri|rédig|compos|concev|imagin|racont|cré|escrib|redact|compon|elabor|schreib|verfass"
    r"|scriv|escrev)\w*[^.\n]{0,80}\b(?:lettre|courriel|e-?mail|message|dialogue|conversation"
    r"|échange|discours|scène|histoire|récit|carta|correo|mensaje|diálogo|conversación|discurso"
    r"|historia|cuento|brief|nachricht|rede|gespräch|geschichte|lettera|dialogo|storia)\b"
    r"|(?:メール|手紙)(?:文|例|案|を|で|と|に返|への返|の(?:文|例|下書|返|本|書き|案|内容))"
    r"|返信|文面|スピーチ|挨拶|広告|台本|会話|物語|小説|投稿|ブログ|セリフ"
    r"|キャッチ|お知らせ|宣伝|\bpr\b|メッセージ|お礼状|謝罪文|脚本|チラシ|招待"
    r"|邮件|郵件|信件|写信|一封|回信|回复|文案|广告|廣告|演讲|對話|对话|小说|故事|客服"
    r"|剧本|留言|短信"
    r"|祝福|贺词|推文|博客|朋友圈|台词|帖子|扩写|续写",
)


def _ends(prompt: str) -> str:
    if len(prompt) <= 2 * _WINDOW:
        return prompt
    return prompt[:_WINDOW] + "\n" + prompt[-_WINDOW:]


@lru_cache(maxsize=4096)
def asks_to_explain(prompt: str) -> bool:
    """Whether the prompt says in so many words that what is made be explained."""
    return _SAY_WHY.search(_ends(prompt).lower()) is not None


@lru_cache(maxsize=4096)
def addressed(prompt: str) -> bool:
    """Whether the prompt asks for a text with a reader of its own, or for a part to be played."""
    return _reads(prompt) or _PLAYED.search(_ends(prompt).lower()) is not None


@lru_cache(maxsize=4096)
def only_played(prompt: str) -> bool:
    """Whether the prompt asks for a part to be played, and for no text that has a reader."""
    return not _reads(prompt) and _PLAYED.search(_ends(prompt).lower()) is not None


def _reads(prompt: str) -> bool:
    ends = _ends(prompt).lower()
    return _ADDRESSED.search(ends) is not None and not _HOW_TO.search(ends)


@lru_cache(maxsize=4096)
def mentions_label(prompt: str) -> bool:
    """Whether the prompt may ask for one word alone; cheap, for every prompt is asked."""
    return any(map(_ends(prompt).__contains__, _LABEL_HINTS))


@lru_cache(maxsize=4096)
def demanded(prompt: str) -> Deliverable:
    """The deliverable that the prompt asks for and nothing else."""
    ends = _ends(prompt).lower()
    if not ends:
        return ""
    if _LABEL.search(ends):
        return "label"
    if _DATA.search(ends) and (not _EXPLAINED.search(ends) or _IN_DATA.search(ends)):
        return "block"
    # The material may speak of reasons: where the first line says what to do, it is what counts.
    first = ends.lstrip().partition("\n")[0]
    told = first if _TEXT.search(first) or (_ASKS.match(first) and _BLOCK.search(first)) else ends
    if _EXPLAIN.search(told):
        return ""
    if _BLOCK.search(ends):
        return "block"
    if _TEXT.search(ends):
        return "text"
    return "work" if _WORK.search(ends) else ""


_LEAD = (
    r"\n(?:[ \t]{0,9}\n\s{0,9}"
    r"|(?=[(（※]))[ \t]*(?:-{3,}[ \t]*\n+[ \t]*)?[*_#>(（\[【✅⚠️💡 -]{0,8}"
)
NOTE = re.compile(
    _LEAD
    + r"(?:(?:(?:please )?note(?:s|\b)|explanation|explanations|changes(?: made)?|key (?:changes"
    r"|points|steps|differences)"
    r"|the (?:key|main) (?:changes|steps|points|differences|corrections)|corrections?(?: made)?"
    r"|breakdown|translation notes?|translator['’]?s? notes?|rationale|reason(?:ing|s)?|disclaimer"
    r"|justification|here(?:['’]s| is) (?:a breakdown|why|what|an explanation|how)|here are the"
    r" (?:changes|corrections)|(?:the )?(?:changes|corrections|edits) (?:i )?(?:made|include|are)"
    r"|i(?:['’]ve| have)? (?:changed|corrected|replaced|removed|added|rephrased|made|fixed)\b"
    r"|this (?:translation|revised|rewrite|rewritten|corrected|version|json|csv|table|code"
    r"|function"
    r"|program|script|query|regex|implementation|poem|haiku|story)\b"
    r"|in this (?:translation|version|revised|corrected|code|example|implementation|sentence|json"
    r"|poem|story)\b|this (?:captures|conveys|means|reflects|maintains|keeps|preserves|sentence"
    r"|phrase|formula|word)\b"
    r"|in (?:simpler|other) (?:terms|words)\b|the (?:corrections?|translation|revised|corrected"
    r"|original (?:sentence|text)|above"
    r" (?:code|function|json|table))\b)"
    r"|(?:\*\*)?(?:変更点|修正点|改[訂善定](?:点|箇所|内容|の?ポイント)|(?:訂正|修正|変更|改善"
    r"|工夫|調整)した(?:点|箇所)|主な変更|主な修正|修正内容|修正箇所|変更内容|訂正点|訂正箇所|解説"
    r"|説明|補足|注意|注記|注[：:]|※|理由"
    r"|ポイント|備考|翻訳の|訳注|工夫点|使い方|使用方法|実行方法|この(?:翻訳|訳|コード|関数"
    r"|プログラム|JSON|表|クエリ|文章では|修正"
    r"|変更|スクリプト)|これらの(?:修正|変更)"
    r"|上記の(?:コード|関数|プログラム|翻訳))"
    r"|(?:\*\*)?(?:注[：:]|注意[：:]|说明|說明|解释|解釋|修改说明|备注|備註|解析[：:]|分析[：:]"
    r"|理由[：:]|翻译说明|这(?:个|段|里的?)(?:代码|函数"
    r"|翻译|程序|句子|脚本|表格)|(?:上述|以上)(?:代码|函数|程序|翻译)|在这(?:个|段)(?:版本|翻译"
    r"|代码|函数|例子)|代码说明))",
    re.IGNORECASE,
)
"""The beginning of a paragraph, or of a block under a rule, with which notes about a text begin."""
MAY_NOTE = re.compile(
    r"\n\n[ \t*_#>(（\[【✅⚠️💡-]{0,8}(?:(?<=[-*_ ])\s{1,4}[ *_#>(（\[【✅⚠️💡-]{0,8})?"
    r"(?:[Nn]ote|N\.B|NOTE|PS|Please note|[Ee]xplan|Change|Key |[Cc]orrections|Breakdown|Trans"
    r"|Ration"
    r"|Reason|Discl|Justif|[Rr]efer|[Ss]ources?\b|Biblio|参考|出典|来源|資料|资料|引用|情報源"
    r"|Here|Edits|I['’ ]|Th(?:is|e (?:key|main|change|correct|trans|revis|orig"
    r"|above|edit))|In (?:this|simpl|other)|変更|修正|改|主な|訂正|工夫|調整|訳注|使|実行|解説"
    r"|説明|補足|注|※"
    r"|理由|ポイ|備考|翻訳|この|これ"
    r"|上記|上述|以上|说明|說明|解|修改|备注|備註|分析|翻译|这|在这|代码)"
    r"|\n[(（]|\n※"
)
"""What such notes begin with, roughly: begun with line ends, so that the search is fast."""
LAST_NOTE = re.compile(
    r"[ \t*_(（]{0,4}(?:these (?:\w+ ){0,2}(?:are|should|can|will|cover|represent|capture|offer"
    r"|provide)\b"
    r"|this list\b|each of these\b|以上[がは]|これらの(?:\w{1,8})は|以上(?:是|就是|为|為)"
    r"|这些\w{0,8}(?:都|可以|能够))",
    re.IGNORECASE,
)
"""The beginning of a last paragraph that speaks of what stands above it."""
