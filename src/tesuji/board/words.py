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
    # the competition's and the run's parts that follow what is recorded
    "newest": ("The newest run", "最新の実行"),
    "newest_of": ("the newest of", "最新のもの、全"),
    "all_runs": ("all runs", "すべての実行"),
    "trouble": ("The files have changed and cannot be loaded; this is by the rules of before:",
                "ファイルが変わりましたが読み込めません。以前のルールで表示しています:"),
    "no_best_do": ("This begins one, or goes on with one that was cut short:",
                   "次のコマンドで始めるか、中断した実行を続けてください:"),
    "no_run_do": ("Look at one output first (below), then measure all of dev:",
                  "まず出力を一つ見てから (下の表)、dev 全体を測ってください:"),
    "copy": ("Copy", "コピー"),
    "command_copied": ("Copied", "コピーしました"),
    "selected": ("Selected: copy it by the keys of your system",
                 "選択しました。キー操作でコピーしてください"),
    "counting": ("Being worked out; it comes by itself, or:",
                 "計算中です。自動で表示されますが、次でも更新できます:"),
    "older": ("From before; what was recorded since is being looked at:",
              "以前の内容です。新しい記録を確認中です:"),
    "reload": ("reload", "再読み込み"),
    "not_followed": ("The board is not reached any more: this page stands still.",
                     "ボードに接続できません。このページは更新されません。"),
    "budget": ("Budget", "予算"),
    "spent": ("Spent in all runs", "全実行での消費"),
    "needed": ("The best would take for test", "最良の test 全体での見込み"),
    "limit": ("Limit of a run", "一回の上限"),
    "share": ("Share", "割合"),
    "no_limit": ("none", "なし"),
    "beyond": ("too much", "超過"),
    "budget_how": ("The need is what a sample of the best entry took, times the samples of test.",
                   "見込みは、最良のエントリーの一件あたりの消費に test の件数を掛けたものです。"),
    "limit_seconds": ("seconds", "秒"),
    "limit_requests": ("requests", "リクエスト"),
    "limit_tokens": ("tokens", "トークン"),
    "limit_usd": ("US dollars", "米ドル"),
    "trials": ("Trials", "試行の経過"),
    "trials_counted": ("trials", "件の試行"),
    "up": ("better is up", "上ほど良い"),
    "so_far": ("best so far", "その時点の最良"),
    "frontier": ("nothing better for less", "これより良く安いものなし"),
    "of_cost": ("cost", "費用"),
    "of_seconds": ("time", "時間"),
    "plot_time": ("Score over the trials", "試行ごとのスコア"),
    "plot_usd": ("US dollars for 1,000 samples", "1,000 件あたり米ドル"),
    "plot_tokens": ("Tokens for 1,000 samples", "1,000 件あたりトークン"),
    "plot_seconds": ("Seconds a sample", "一件あたり秒"),
    "figures": ("Figures", "数値"),
    "figures_below": ("figures in the table below", "数値は下の表"),
    "point_at": ("A point tells its run, and leads there.",
                 "点を指すと実行が分かり、押すと開きます。"),
    "begun": ("Begun", "開始"),
    "done_of": ("samples done", "済んだサンプル"),
    "a_second": ("a second", "件/秒"),
    "about": ("about", "約"),
    "left": ("left", "残り"),
    "alarms_raised": ("alarms:", "警告:"),
    "over_run": ("over the run", "実行中の推移"),
    "in_run": ("in run", "実行"),
    "points": ("points", "ポイント"),
    "may_be_chance": ("may be chance", "偶然の範囲"),
    "surely_more": ("more often", "増加"),
    "surely_less": ("less often", "減少"),
    "nothing_yet": ("No output yet.", "まだ出力がありません。"),
    "spread": ("How the scores spread", "スコアの分布"),
    "without_score": ("samples without a score", "件はスコアなし"),
    "extremes": ("Slowest, dearest, longest", "遅い・高い・長いサンプル"),
    "measure_seconds": ("seconds", "秒"),
    "measure_tokens": ("tokens", "トークン"),
    "measure_length": ("characters", "文字"),
    # (end of these)
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
