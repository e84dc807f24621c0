"""The board's words, in English and Japanese, and which of the two a reader gets.

What Tesuji itself says of a run (the planner's reasons, the referee's sentence) is English in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Language: TypeAlias = str
LANGUAGES: Mapping[Language, str] = {"en": "English", "ja": "日本語"}

WORDS: Mapping[str, tuple[str, str]] = {
    "skip": ("Skip to the content", "本文へ"),
    "board": ("Board", "ボード"),
    "language": ("Language", "言語"),
    "where": ("Where you are", "現在位置"),
    "competition": ("Competition", "コンペ"),
    "best": ("Best so far", "現在の最良"),
    "no_run": ("No run yet", "まだ実行がありません"),
    "no_best": ("No run on the whole dev split has come to its end yet.",
                "dev 全体を終えた実行がまだありません。"),
    "higher": ("higher is better", "大きいほど良い"),
    "lower": ("lower is better", "小さいほど良い"),
    "score": ("Score", "スコア"),
    "interval": ("95 % interval", "95 % 区間"),
    "failures": ("How often it fails", "失敗の割合"),
    "none_found": ("Nothing was found.", "失敗は見つかりませんでした。"),
    "kind": ("Kind", "種類"),
    "outputs": ("Outputs", "出力数"),
    "rate": ("Rate", "割合"),
    "next": ("What to do next", "次の一手"),
    "move": ("Move", "手"),
    "state": ("State", "状態"),
    "gain": ("Gain", "見込み"),
    "cost": ("Cost", "費用"),
    "why": ("Why", "理由"),
    "command": ("Command", "コマンド"),
    "tried": ("Tried", "試行"),
    "now": ("now", "今"),
    "later": ("later", "後で"),
    "done": ("done", "済み"),
    "missing_move": ("not in this version yet", "この版にはまだない"),
    "runs": ("Runs", "実行"),
    "run": ("Run", "実行"),
    "entry": ("Entry", "エントリー"),
    "model": ("Model", "モデル"),
    "split": ("Split", "分割"),
    "samples": ("Samples", "サンプル"),
    "sample": ("Sample", "サンプル"),
    "findings": ("Findings", "所見"),
    "verdict": ("Verdict", "判定"),
    "is_best": ("best", "最良"),
    "kept": ("kept", "採用"),
    "dropped": ("dropped", "不採用"),
    "not_judged": ("not judged", "未判定"),
    "other_rules": ("other data or metric", "別のデータ・指標"),
    "running": ("running", "実行中"),
    "finished": ("finished", "終了"),
    "stopped": ("stopped", "中断"),
    "answered": ("answered", "回答あり"),
    "unparsed": ("no readable answer", "読み取れず"),
    "fallback": ("fallback", "既定の回答"),
    "error": ("failed", "エラー"),
    "to_go": ("to go", "残り"),
    "all_samples": ("All samples", "全サンプル"),
    "worst": ("The worst first", "悪い順"),
    "compare": ("Compare", "比較"),
    "compare_with": ("Compare with run", "比較する実行"),
    "alarms": ("Alarms while it ran", "実行中の警告"),
    "the_entry": ("The entry", "エントリーの内容"),
    "reason": ("Reason", "理由"),
    "any": ("any", "すべて"),
    "any_failure": ("any failure", "何らかの失敗"),
    "filter": ("Filter", "絞り込み"),
    "text": ("Text in the output", "出力に含む文字列"),
    "score_from": ("Score from", "スコア下限"),
    "score_to": ("to", "上限"),
    "sort": ("Order", "並び順"),
    "apply": ("Show", "表示"),
    "answer": ("Answer", "回答"),
    "found": ("samples", "件"),
    "previous": ("Previous", "前へ"),
    "following": ("Next", "次へ"),
    "next_failure": ("Next failure", "次の失敗"),
    "page": ("Page", "ページ"),
    "pages": ("Pages", "ページ移動"),
    "sent": ("What was sent", "送った内容"),
    "output": ("Output", "出力"),
    "attempt": ("Attempt", "試行"),
    "chosen": ("the answer is from this one", "回答の出所"),
    "no_output": ("No output is recorded.", "出力の記録がありません。"),
    "parsed": ("What was read", "読み取った回答"),
    "stand_in": ("Nothing could be read: this is the fallback.",
                 "読み取れなかったため、既定の回答です。"),
    "target": ("Target", "正解"),
    "difference": ("Difference", "差分"),
    "only_target": ("only in the target", "正解だけにある"),
    "only_answer": ("only in the answer", "回答だけにある"),
    "equal": ("The answer is the target, letter by letter.", "回答は正解と一字一句同じです。"),
    "fields": ("Fields", "項目"),
    "tokens_in": ("tokens in", "入力トークン"),
    "tokens_out": ("tokens out", "出力トークン"),
    "seconds": ("seconds", "秒"),
    "finish": ("finish", "終了理由"),
    "sampling": ("sampling", "サンプリング"),
    "evidence": ("Evidence", "根拠"),
    "mend": ("Mend by", "直すには"),
    "against": ("against", "と"),
    "right": ("right", "正解"),
    "wrong": ("wrong", "不正解"),
    "right_wrong": ("Right and wrong", "正誤の内訳"),
    "better": ("better", "改善"),
    "worse": ("worse", "悪化"),
    "same": ("equal", "同じ"),
    "flipped": ("Samples that changed sides", "正誤が変わったサンプル"),
    "changed": ("Samples whose score changed", "スコアが変わったサンプル"),
    "first_of": ("the first of", "全体の先頭"),
    "no_flips": ("None.", "ありません。"),
    "choose": ("Choose two runs.", "実行を二つ選んでください。"),
    "not_found": ("Not found", "見つかりません"),
    "failed": ("This page cannot be shown", "表示できません"),
    "keys": ("Keys: j next, k previous, n next failure, / filter",
             "キー: j 次、k 前、n 次の失敗、/ 絞り込み"),
    "order_id": ("sample", "サンプル順"),
    "order_score": ("lowest score first", "スコアの小さい順"),
    "order_score-down": ("highest score first", "スコアの大きい順"),
    "order_seconds": ("slowest first", "遅い順"),
    "order_tokens": ("most tokens first", "トークンの多い順"),
    "order_length": ("longest first", "長い順"),
    "compared": ("Compared with run", "比較相手の実行"),
    # Filters, notes, attempts, comparisons.
    "order_id-down": ("sample, last first", "サンプル逆順"),
    "order_seconds-up": ("fastest first", "速い順"),
    "order_tokens-up": ("fewest tokens first", "トークンの少ない順"),
    "order_length-up": ("shortest first", "短い順"),
    "looked_for": ("Text", "文字列"),
    "pattern": ("Regular expression", "正規表現"),
    "in_place": ("in", "探す場所"),
    "place_output": ("the output", "出力"),
    "place_prompt": ("what was sent", "送った内容"),
    "place_answer": ("the answer", "回答"),
    "place_target": ("the target", "正解"),
    "place_reason": ("the reason", "理由"),
    "place_note": ("the note", "メモ"),
    "field": ("Field", "項目"),
    "how": ("how", "条件"),
    "how_has": ("contains", "を含む"),
    "how_is": ("is exactly", "と一致"),
    "value": ("value", "値"),
    "tag": ("Tag", "タグ"),
    "with_note": ("only with a note or tag", "メモ・タグ付きのみ"),
    "per_page": ("per page", "件ずつ"),
    "not_filtered": ("Nothing is shown", "表示できません"),
    "tokens": ("Tokens", "トークン"),
    "length": ("Characters", "文字数"),
    "sort_by": ("sort by", "並べ替え:"),
    "notes": ("Notes and tags", "メモとタグ"),
    "note": ("Note", "メモ"),
    "tags": ("Tags", "タグ"),
    "has_note": ("note", "メモ"),
    "new_tags": ("More tags, with commas between", "タグを追加（読点・コンマ区切り）"),
    "save": ("Save", "保存"),
    "saved": ("Saved.", "保存しました。"),
    "not_saved": ("Not saved: the board cannot be reached.",
                  "保存できません: ボードに接続できません。"),
    "not_kept": ("Not saved", "保存していません"),
    "changed_note": (
        "Not saved: meanwhile somebody else, or another window, wrote what stands below. "
        "Save again to replace it by yours.",
        "保存していません: その間に、他の人または別の画面が下の内容を書きました。"
        "もう一度保存すると、こちらの内容で置き換えます。",
    ),
    "removed_note": (
        "Not saved: meanwhile the note was taken away elsewhere. Save again to write yours.",
        "保存していません: その間にメモが別の場所で消されました。もう一度保存すると書き込みます。",
    ),
    "theirs": ("What is kept now", "現在の内容"),
    "no_note": ("None yet.", "まだありません。"),
    "how_to_write": (
        "To write notes, open the board by the whole address that `tesuji board` printed.",
        "メモを書くには、`tesuji board` が表示したアドレス全体で開いてください。",
    ),
    "note_keys": ("Keys: 1 to 9 tags, m note, Esc back to the page",
                  "キー: 1–9 タグ、m メモ、Esc 本文へ戻る"),
    "tag_target": ("target is wrong", "正解が誤り"),
    "tag_unclear": ("unclear", "判断がつかない"),
    "tag_again": ("look again", "要再確認"),
    "back": ("Back to the sample", "サンプルへ戻る"),
    "attempts": ("Attempts", "試行"),
    "tally": ("Votes", "得票"),
    "not_read": ("not read here: too long, or by rules of another version",
                 "ここでは読み取りません（長すぎる、または別の版の規則）"),
    "wins": ("the answer", "採用された回答"),
    "votes": ("votes", "票"),
    "no_vote": ("no readable answer: no vote", "読み取れず、票なし"),
    "of_all": ("of", "／"),
    "read_as": ("read as", "読み取り"),
    "request": ("Request", "リクエスト"),
    "draw": ("draw", "抽選番号"),
    "flow": ("Flow", "フロー"),
    "mended": ("Mended", "補正後"),
    "as_before": ("as in attempt", "次の試行と同じ:"),
    "messages": ("messages", "メッセージ"),
    "added": ("then added", "その後に追加"),
    "cut_off": ("characters more", "文字を省略"),
    "whole_text": ("the whole as text", "全文をテキストで"),
    "copy": ("Copy", "コピー"),
    "copied": ("Copied.", "コピーしました。"),
    "not_copied": ("Not copied: the browser does not allow it here.",
                   "コピーできません: ブラウザーが許可していません。"),
    "more_rows": ("more", "件省略"),
    "what_differs": ("What differs between the two entries", "二つのエントリーの違い"),
    "no_difference": ("Nothing but the name.", "名前以外は同じです。"),
    "setting": ("Setting", "設定"),
    "only_a": ("only in A", "A だけにある"),
    "only_b": ("only in B", "B だけにある"),
    "difference_points": ("B − A, points", "B − A（ポイント）"),
    "difference_b": ("B − A", "B − A"),
    "costs": ("Cost", "費用"),
    "requests": ("requests", "リクエスト"),
    "flip": ("Change", "変化"),
    "side_by_side": ("Side by side", "並べて見る"),
    "equal_outputs": ("The outputs are equal.", "出力は同じです。"),
    "same_prompt": ("Both were sent the same.", "送った内容は同じです。"),
}  # fmt: skip


def say(language: Language, key: str) -> str:
    """The words of a key."""
    english, japanese = WORDS[key]
    return japanese if language == "ja" else english


def choose_language(accepted: str, *wishes: str | None) -> Language:
    """The first wish that is a language of the board, else the one that the browser likes best.

    `accepted` is an Accept-Language header.

    >>> choose_language("ja-JP,ja;q=0.9,en;q=0.8"), choose_language("de, ja;q=0.5", "en")
    ('ja', 'en')
    """
    for wish in wishes:
        if wish is not None and wish in LANGUAGES:
            return wish
    ranked: list[tuple[float, int, str]] = []
    for at, part in enumerate(accepted[:1000].split(",")):
        tag, _, rest = part.partition(";")
        name = tag.strip().lower().partition("-")[0]
        if name in LANGUAGES and (quality := _quality(rest)) > 0:
            ranked.append((-quality, at, name))
    return min(ranked)[2] if ranked else "en"


def _quality(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
