"""Last paragraphs in Japanese and Chinese that speak of the answer itself (see `remarks`)."""

from __future__ import annotations

import re

from tesuji.diagnose.deliverable import demanded

_JA_WORK = (
    r"詩|俳句|短歌|川柳|歌詞|歌|物語|小説|ストーリー|メール|手紙|文面|文章|例文|返信|要約|翻訳"
    r"|和訳|英訳|訳文?"
    r"|改訂版|修正版|修正|リスト|一覧|表|計画|プラン|スケジュール|台本|シナリオ|会話例?|対話"
    r"|スピーチ|広告"
    r"|キャッチコピー|コピー|タイトル|アイデア|テンプレート|クイズ|コード|プログラム|関数"
    r"|レポート|記事|脚本"
    r"|台詞|ダジャレ|冗談|ジョーク|謎解き|なぞなぞ|問題|企画|投稿|案|履歴書"
)
_JA_SUBJECT = re.compile(
    r"(?:以上の|上記の|この|これらの|本|今回の)(?:(?:改善|修正|改訂|作成|翻訳)(?:し|され)た"
    r"|新しい)?"
    rf"(?P<noun>{_JA_WORK})(?:例|案|文)?(?:は|では|で"
    rf"|に|を|の|により)"
)
_JA_OWN = re.compile(r"要約|翻訳|和訳|英訳|訳文?|改訂版|修正版?|返信|例文")
# A text that the prompt hands over, of which an answer may speak.
_JA_GIVEN = re.compile(
    r"(?:以下の|次の|この|下記の|上記の|与えられた)(?:文章?|会話|記事|物語|詩|メール|段落|表"
    r"|コード)"
)
# A story does say at its end what it teaches.
_JA_CRAFT = re.compile("描|表現|意識|取り入れ|盛り込|構成|テーマ|使用|使っ|含|工夫|読者|内容|設定")
_JA_DEED = re.compile(
    r"(?:「[^」\n]{1,60}」|元の|原文|この文|表現|文体|敬語|自然な|列から|文脈)[^。\n]{0,60}"
    r"(?:修正|変更|訳出|意訳|翻訳|調整|置き換え|言い換え|省略|抽出|統一|補足|整え|直|除外|削除)"
    r"(?:し|いたし|致し)?まし?(?:た|て)"
)
_JA_OTHERWISE = re.compile(
    r"(?:これにより|(?:これらの)?(?:修正|変更|改善)(?:により|によって))、"
    r"|(?:このように|以上のように)、?(?:修正|変更|書き換|言い換|直|表現を|訂正|並[べび]|要約"
    r"|翻訳|文を)"
    r"|(?:この|上記の?|以上の)(?:回答|応答|表現|言い換え|並び|順(?:番|序)|文体"
    r"|バージョン)(?:は|では|で|に|を|により)"
)
_ZH_SUBJECT = re.compile(
    r"(?:这|這|以上|上述)(?:首|篇|个|個|封|段|份|则|句|些|条)?(?P<noun>诗歌?|詩|词|故事|小说"
    r"|邮件|信|对话|剧本"
    r"|演讲|作文|文案|标题|文章|笑话|翻译|译文|版本|改写|列表|计划|广告|歌词)(?:是|以|通过|将"
    r"|展|表|描|旨|采|结|使|包|既|保|中)"
)
# Asides after what was picked out, translated or put right.
_JA_ASIDE = re.compile(r"(?:なお|それ以外|その他の|ただし|※|補足)")


def cjk_remarks(paragraph: str, prompt: str) -> bool:
    """Whether a Japanese or Chinese paragraph begins with the thing that was to be made."""
    if paragraph.count("\n") > 3:
        return False
    kind = demanded(prompt)
    if kind == "text" and (
        _JA_DEED.search(paragraph) or (_JA_ASIDE.match(paragraph) and "要約" not in prompt)
    ):
        return True
    if kind not in ("work", "text", "block"):
        return False
    if match := _JA_SUBJECT.match(paragraph):
        if _JA_OWN.fullmatch(match["noun"]):
            return True
        noun, sentence = match["noun"], paragraph[match.end() : match.end() + 120]
        if kind == "text" or noun not in prompt or _JA_GIVEN.search(prompt):
            return False
        return noun not in ("物語", "小説", "ストーリー") or _JA_CRAFT.search(sentence) is not None
    return bool(_ZH_SUBJECT.match(paragraph) or _JA_OTHERWISE.match(paragraph))
