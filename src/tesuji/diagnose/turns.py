"""Role labels and template tokens: where a model leaves its answer and plays the chat on."""

from __future__ import annotations

import re
from functools import lru_cache

from tesuji.diagnose.observation import Observation

# Control tokens of chat templates as they look when a server fails to strip them.
TOKEN = re.compile(
    r"<(?:"
    r"[|｜] ?[\w▁.\-]{0,40} ?[|｜]>"  # <|im_end|>, <｜end▁of▁sentence｜>
    r"|\|[a-z]{4,30}(?=[\W\d])(?:=\d)?[|>]{0,2}"  # broken ones
    r"|/s>|s>|</?SYS>>"
    r"|/?(?i:start_of_turn|end_of_turn|start_of_text|end_of_text|endoftext|end_of_document|eos|bos"
    r"|pad|unk|NL|sop|eop|eod|eo[hta]|extra_id_\d+|reserved_\d+|unused\d+|noinput|nooutput|human"
    r"|bot|assistant|system|prompter)>"
    r")"
    r"|\[/?INST\]|\[/?(?:SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\]"
    r"|\[\|(?:Human|AI|User|Assistant|System)(?:\|\]?|\Z)"  # Baize
    r"|\[(?:gMASK|UNUSED_TOKEN_\d+|EOS|BOS|EOT)\]|◁/?think▷"
    r"|\\end\{code\}"  # base models that read archived web pages
)
_MAYBE_ANGLE = re.compile(
    r"<(?=[|｜]|/?s>|</?SYS|/?(?i:start_|end_|endof|eo[sphdta]>|bos|pad>|unk>|nl>|sop>"
    r"|extra_|reserved|unused|no[io]|human|bot|assi|syst|prom))"
)
_MAYBE_SQUARE = re.compile(r"\[(?=\||/?INST|/?SYS|/?AVAIL|/?TOOL_|gM|UNUSED|EO[ST]\]|BOS\])")
# After one of these the answer is over, whatever follows.
_LAST = re.compile(
    r"<[|｜] ?(?:im_end|im_start|eot_id|end|endoftext|end_of_text|end_of_document|end▁of▁sentence"
    r"|user|human|prompter|assistant|system|start_header_id|end_header_id|end_header|start|im_sep)"
    r"|</s>|\[/?INST|\[\||</?(?:start_of_turn|end_of_turn|endoftext|end_of_text|eos|human|bot"
    r"|assistant|system|prompter)>|<<SYS>>",
    re.IGNORECASE,
)
THINK = re.compile(r"</?think(?:ing)?>", re.IGNORECASE)

# Who asks, and who answers, as chat templates and the transcripts of chats label them.
_ASKS = (
    r"human|user|prompter|ユーザー?|人間|用户|用戶|人类|人類|usuario|utilisateur|nutzer"
    r"|пользователь"
)
_ANSWERS = r"assistant|system|chatbot|joi|rosey|chatgpt|アシスタント|システム|助手|机器人|系统"
_TURN = re.compile(
    rf"(?:\n|\A)[ \t]*(?:"
    rf"(?:#{{1,4}}[ ]?)?[\[<]?(?P<asks>(?i:{_ASKS}))[\]>]?[ ]?[:：](?!:)"
    rf"|(?:#{{1,4}}[ ]?)?[\[<]?(?P<answers>(?i:{_ANSWERS}))[\]>]?[ ]?[:：](?!:)"
    r"|\#{2,4}[ ]?(?P<template>(?i:instruction|response|human|assistant|user|ai))[ ]?[:：]"
    r"|\#{2,4}[ ]?(?P<japanese>指示|応答|入力)[ ]?[:：]?[ \t]*\n"
    r"|(?P<question>(?:Q|Question|質問|問題|问题|問|问))[ ]?[:：]"
    r")"
)
_STARTS = (
    r"(?:Human|User|Prompter|Assis|Syst|Chat[bgG]|Joi|Rosey|Q ?[:：]|Question ?[:：]|HUMAN|USER"
    r"|ASSIS|SYST|human|user|assis|joi|rosey|ユーザ|アシス|システム|人[間类類]|用[户戶]|助手|机器人|系[统統]"
    r"|[質问問]|Usuar|Nutzer|Utilis|Польз)"
)
_MAYBE_TURN = re.compile(
    r"\n(?=[HUPASCJRQhuajrsユアシ人用助机系質問问NП \t#\[<])"
    rf"(?:{_STARTS}|(?=[ \t#\[<])[ \t]{{0,8}}(?:[\[<]?{_STARTS}"
    rf"|#{{1,4}} ?(?:{_STARTS}|[Ii]nstruction ?[:：]|[Rr]esponse ?[:：]|AI|ai|指示|応答|入力)))"
)
# A header of a chat template whose tokens were stripped: its role alone.
_BARE_ROLE = re.compile(r"(?:\n\n|(?<=[.!?。！？]))(?:user|assistant|model)\n")
_BARE_LABELS = ("user\n", "assistant\n", "model\n")
_LONGEST_LABEL = 24  # characters, marks around it included
_LEADING_LABEL = re.compile(
    rf"{'|'.join(_BARE_LABELS)}"
    rf"|\s*(?:#{{1,4}} ?)?(?:(?i:{_ANSWERS}|{_ASKS})|AI|ChatGPT|### ?Response) ?[:：](?=\s|\w)"
)
# What makes a dialogue part of the task, or at least its labels part of the answer.
_DIALOGUE = re.compile(
    r"dialog|conversation|script|transcript|interview|chat ?log|chat history|role-?play|screenplay"
    r"|(?:a|one-act|short|stage) play\b|\bskit\b|debate|few-shot|\bprompts?\b|\bchats?\b"
    r"|対話|会話|台本|脚本|やり取り|インタビュー|シナリオ|ロールプレイ|プロンプト|チャット|劇"
    r"|对话|對話|剧本|劇本|采访|採訪|访谈|訪談|聊天|提示词|情景|角色",
    re.IGNORECASE,
)
_ABOUT_ROLES = re.compile(
    r"\buser|human|customer|assistant|chat|\bbot\b|\bai\b|ユーザ|人間|アシスタント|ボット|顧客"
    r"|用户|用戶|助手|机器人|客服|人类",
    re.IGNORECASE,
)
_ASKS_QUESTIONS = re.compile(
    r"\bQ\b|question|quiz|FAQ|trivia|riddle|質問|問題|問い|クイズ|設問|[問问](?:题|題)|提问|提問|问答|問答"
    r"|謎|なぞなぞ|谜|Q[:：]|例題|例题|examples?",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"(?:assistant|response|answer|ai)[ ]?[:：]\s*\Z", re.IGNORECASE)
_MOST_QUESTIONS = 20  # that are looked at for an answer of their own
_MOST_PROMPT = 8_000  # characters of a prompt that are read for what it asks


@lru_cache(maxsize=1024)
def _allows(prompt: str) -> tuple[bool, bool, bool]:
    """Whether labels of (an asker, an answerer, a question) may be part of the answer."""
    prompt = prompt[:_MOST_PROMPT]
    dialogue = _DIALOGUE.search(prompt) is not None
    wrapped = _WRAPPED.search(prompt) is not None  # the labels of a template, not of the task
    asker = dialogue and not wrapped and _ABOUT_ROLES.search(prompt) is not None
    return asker, dialogue and not wrapped, _ASKS_QUESTIONS.search(prompt) is not None


def tokens(text: str, prompt: str) -> list[tuple[int, int, bool]]:
    """Template tokens that the prompt does not speak of: start, end, whether nothing of the
    answer can come after it."""
    square = "[" in text
    bracket = square and text[-8:].rstrip().endswith("[")
    first = len(text)
    if "<" in text and (match := _MAYBE_ANGLE.search(text)):
        first = match.start()
    if square and (match := _MAYBE_SQUARE.search(text, 0, first)):
        first = match.start()
    if not text.isascii() and "◁" in text:
        first = min(first, text.find("◁"))
    if "\\end{code}" in text[-500:]:
        first = min(first, text.find("\\end{code}"))
    if first == len(text) and not bracket:
        return []
    html_strike = "</s>" in text and "<s>" in text and not text.startswith("<s>")
    found = []
    for match in TOKEN.finditer(text, first):
        token = match[0]
        if token in prompt or (html_strike and token in ("<s>", "</s>")):
            continue
        found.append((match.start(), match.end(), _LAST.match(token) is not None))
    if not bracket:
        return found
    # Baize's "[|Human|]", of which a server's stop words left the bracket.
    at = text.rindex("[")
    before = text[:at].rstrip(" \t")
    if before.endswith("\n") and before.rstrip()[-1:] not in (":", "=", ",", "(", "[", "{", ""):
        found.append((at, at + 1, True))
    return found


def first_turn(text: str, prompt: str) -> int:
    """Where the first turn that nobody asked for begins (the line break before its label).

    -1 if there is none. A label at the very start of the text is none: see `leading_label`.
    """
    inline = text.find("### Human:")  # some templates put no line break before it
    maybe = _MAYBE_TURN.search(text)
    if (maybe is not None or "assistant\n" in text) and "```" not in text:
        bare = _BARE_ROLE.search(text)
        if bare is not None and not (0 <= inline < bare.start()):
            inline = bare.start()
    if maybe is None and inline < 0:
        return -1
    asker_allowed, dialogue, questions = _allows(prompt)
    begin = len(text) - len(text.lstrip())
    asked = 0
    if inline <= begin or asker_allowed:
        inline = -1
    for match in _TURN.finditer(text, maybe.start()) if maybe else ():
        if 0 <= inline < match.start():
            break
        if match.start() < begin:
            continue
        label = match[0].strip()
        kind = match.lastgroup
        in_prompt = label in prompt
        if kind in ("asks", "template", "japanese"):
            if asker_allowed or (in_prompt and not label.startswith("#")):
                continue
            if label[0].islower() and "```" in text:  # YAML, a configuration
                continue
        elif kind == "answers":
            system = label.casefold().startswith(("system", "システム", "系统"))
            if dialogue or in_prompt or (system and not label.isupper()):
                continue
        else:
            if questions or in_prompt or asked == _MOST_QUESTIONS:
                continue
            asked += 1
            if "FAQ" in text[: match.start()]:
                continue
            if not _answered(text[match.end() : match.end() + 2_000]):
                continue
        return match.start()
    return inline


def _answered(rest: str) -> bool:
    """Whether an invented question is answered by a label of its kind."""
    return re.search(r"\n[ \t]*(?:A|Answer|回答|答え?|答案)[ ]?[:：]", rest) is not None


def leading_label(seen: Observation) -> int:
    """The end of a role label that the text starts with; 0 if it starts with none."""
    head = seen.text.lstrip()[:_LONGEST_LABEL]
    if ":" not in head and "：" not in head and not seen.text.startswith(_BARE_LABELS):
        return 0
    match = _LEADING_LABEL.match(seen.text)
    if match is None or "System" in match[0] or "system" in match[0] or _allows(seen.prompt)[1]:
        return 0
    return 0 if match[0].strip() in seen.prompt else match.end()
