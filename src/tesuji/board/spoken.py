"""What Tesuji says of runs, in Japanese: each sentence is made from the numbers that the English
one is made from, and never from its words. `spoken` gives a page all of them in a language.

Only what was kept as a sentence (the moves' reasons, alarms, a detector's evidence) stays English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from tesuji.board.words import Language
from tesuji.compare.comparison import Comparison
from tesuji.moves.advice import Advice
from tesuji.moves.remarks import Remark, amount_text
from tesuji.reports import plan, words
from tesuji.reports.words import percent, usd_text
from tesuji.run.ledger import RunRow

Spoken: TypeAlias = Mapping[str, Callable[..., str]]

KIND_NAMES: Mapping[str, str] = {
    "preamble": "前置き",
    "postamble": "後書き",
    "format": "書式",
    "language": "言語",
    "loop": "繰り返し",
    "truncated": "途切れ",
    "refusal": "拒否",
    "empty": "空",
    "echo": "おうむ返し",
    "garbled": "文字化け",
}
MOVE_NAMES: Mapping[str, str] = {
    "stronger": "より強い（非公開）モデルで同じエントリーを試し、伸びしろと価格を知る",
    "data": "外部データや生成データを取り込み、整え、重複と混入を除く",
    "models": "候補のモデルを同じサンプルで比べる: スコア、失敗、速さ、コスト",
    "survey": "似た課題に使えるモデルとデータセットを調べる",
    "rag": "資料を検索し、見つけた事実をプロンプトに加える",
    "prompt": "プロンプトの要素と言い換えを探索する",
    "flow": "多数決、再質問、対数確率による選択など、聞き方を変える",
    "finetune": "課題のデータでモデルを学習させる（LoRA など）",
    "process": "診断で見つかった失敗を、入出力の整形で直す（モデルは呼ばない）",
    "attack": "評価指標そのものの値を上げる文字列を探す",
    "probe": "リーダーボードへの提出から読み取れることを計画的に調べる",
    "baseline": "LLM なしで答える: 定数、例から導く規則、古典的な機械学習",
    "first": "出力を一つ、そのまま見る",
    "run": "dev 全体で測る",
    "predict": "ベストのエントリーで test に回答する",
}
_UNITS: Mapping[str, str] = {
    "seconds": "秒", "requests": "リクエスト", "tokens": "トークン", "usd": "米ドル",
}  # fmt: skip


def spoken(language: Language) -> Spoken:
    """The functions by the names that templates call them by."""
    if language == "ja":
        return _JAPANESE
    return _ENGLISH


def kind_name(kind: str) -> str:
    """A kind of failure by its Japanese name; one that this version does not know, as it is."""
    return KIND_NAMES.get(kind, kind)


def move_name(move: str) -> str:
    """What a move or step does, in a line; nothing for one that is not in the book."""
    return MOVE_NAMES.get(move, "")


def sentence(c: Comparison, a: RunRow, b: RunRow) -> str:
    """The referee's sentence."""
    first, second = (f"{run.entry}（実行 {run.id}）" for run in (a, b))
    if c.n == 0:
        return f"{second}と {first}は比べられません: 両方にスコアのあるサンプルがありません"
    unit = " ポイント" if c.zero_one else ""
    low, high = (-c.high, -c.low) if c.verdict == "worse" else (c.low, c.high)
    interval = f"（{c.number(low)} … {c.number(high)}）"
    if c.verdict != "can't tell":
        how = "良い" if c.verdict == "better" else "悪い"
        return f"{second}は {first}より {c.number(abs(c.gain))}{unit} {how}{interval}、{_tail(c)}"
    said = f"{second}と {first}の差は判定できません: {c.signed(c.gain)}{unit}{interval}、{_tail(c)}"
    if c.more is None:
        return f"{said}。差は見られません"
    return f"{said}。あと約 {c.more:,} 件で判定できる見込みです"


def _tail(c: Comparison) -> str:
    said = f"{c.p_text}、{c.n:,} 件"
    if c.wins is not None:
        said += f"中、改善 {c.wins:,}、悪化 {c.losses:,}、同じ {c.ties:,}"
    return said + (f"（除外 {c.left_out:,} 件）" if c.left_out else "")


def gain(advice: Advice) -> str:
    """What a move may gain, as shares of samples."""
    if not advice.most:
        return ""
    return _cell(f"最大 {percent(advice.most)}", f"見込み {percent(advice.expected)}")


def cost(advice: Advice) -> str:
    """What trying a move takes."""
    taken = advice.cost
    if advice.state == "missing":
        return ""
    if taken.free:
        return "送信なし"
    parts = [f"{taken.requests:,} リクエスト"]
    if taken.tokens:
        parts.append(f"{taken.tokens:,} トークン")
    if taken.usd is None:
        parts.append("価格不明")
    elif taken.usd:
        parts.append(usd_text(taken.usd))
    if taken.seconds:
        parts.append(f"{taken.seconds / 60:,.1f} 分" if taken.seconds >= 60 else
                     f"{max(taken.seconds, 1):.0f} 秒")  # fmt: skip
    return _cell(*parts)


def _cell(*parts: str) -> str:
    """Parts for a narrow cell: a line may end between two of them, but not within one."""
    return "\N{NO-BREAK SPACE}· ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in parts)


def tried(advice: Advice) -> str:
    """What came of a move when it was tried last."""
    if advice.tried is None:
        return ""
    how, gained, run = advice.tried.how, advice.tried.gain, advice.tried.run
    number = "" if gained is None else f" {gained:+.3g}"
    if how == "undone":
        return _cell(f"採用{number}", "取り消し済み")
    said = {"kept": "採用", "dropped": "不採用", "cut short": "途中で終了", "looked": "確認のみ"}
    return _cell(said[how] + number, *(() if run is None else (f"実行 {run} に対して",)))


def run_cost(run: RunRow) -> str:
    """What all passes of a run cost together."""
    parts = [f"{run.all_tokens_in + run.all_tokens_out:,} トークン"]
    if run.all_usd:
        parts.append(usd_text(run.all_usd))
    return _cell(*parts, f"{run.all_seconds:,.1f} 秒")


def duration(seconds: float) -> str:
    """How long something takes, roughly.

    >>> duration(42.3), duration(150), duration(9000)
    ('42 秒', '2.5 分', '2.5 時間')
    """
    if seconds < 90:
        return f"{seconds:.0f} 秒"
    return f"{seconds / 60:.3g} 分" if seconds < 5400 else f"{seconds / 3600:.3g} 時間"


def remark(said: Remark) -> str:
    """A remark of the planner's on the whole."""
    if said.about == "no test":
        return (
            "試す価値のある手がなく、予測する test も決まっていません（competition.toml の "
            "[data] test）"
        )
    n = said.numbers
    if said.about == "limit":
        end = "途中で打ち切られます" if n["needed"] > n["limit"] else "余裕はほとんどありません"
        needed, limit = amount_text(n["needed"], 3), amount_text(n["limit"], 6)
        unit = _UNITS[said.unit]
        told = f"test への回答には約 {needed} {unit}かかり、一回の実行の上限は {limit} {unit}です"
        return f"{told}: {end}"
    least = f"{n['least']:.0f} ポイント" if said.unit == "points" else f"全体の {n['least']:.0f} % "
    told = f"dev は {n['dev']:,.0f} 件しかないため、{least}未満の改善はどの検定でも判定できません"
    if said.about == "hopeless":
        return (
            f"{told}。それ以上を見込める手もありません。件数を増やしてください（competition.toml "
            "の [split] dev、または別ファイルを [data] dev に）"
        )
    told += "（最も運のよい場合でも）"
    if "missed" in n:
        return f"{told}。{n['missed']:.0f} ポイントの改善でも、多くは見落とします"
    if "often" in n:
        return f"{told}。五回に四回判定できるのは {n['often']:.0f} ポイント以上の改善だけです"
    return told


def _sentence_in_english(c: Comparison, a: RunRow, b: RunRow) -> str:
    return c.sentence(*(f"{run.entry} (run {run.id})" for run in (a, b)))


def _duration_in_english(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.3g} min" if seconds < 5400 else f"{seconds / 3600:.3g} h"


_JAPANESE: Spoken = {
    "kind_name": kind_name, "move_name": move_name, "sentence": sentence, "gain": gain,
    "cost": cost, "tried": tried, "run_cost": run_cost, "duration": duration, "remark": remark,
}  # fmt: skip
_ENGLISH: Spoken = {
    "kind_name": str, "move_name": lambda _: "", "sentence": _sentence_in_english,
    "gain": plan.gain_words, "cost": plan.cost_words, "tried": lambda one: one.outcome,
    "run_cost": words.cost_text, "duration": _duration_in_english, "remark": str,
}  # fmt: skip
