"""Role labels and template tokens: where a model leaves its answer and plays the chat on."""

from __future__ import annotations

import re
from functools import lru_cache

# Control tokens of chat templates as they look when a server fails to strip them.
TOKEN = re.compile(
    r"<(?:"
    r"[|｜][ ]?[\w▁.\-]{0,40}[ ]?[|｜]>"  # <|im_end|>, <｜end▁of▁sentence｜>
    r"|/s>|</?SYS>>"
    r"|/?(?i:start_of_turn|end_of_turn|start_of_text|end_of_text|endoftext|end_of_document|eos|bos"
    r"|pad|unk|mask|sep|cls|noinput|nooutput|human|bot|assistant|user|system|prompter)>"
    r")"
    r"|\[/?INST\]|\[/?(?:SYS|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\]"
    r"|\[\|[A-Za-z]{1,12}\|?\]?"  # Baize: [|Human|]
)
# The labels of the one who asks, at a line start. Nobody else has them in an answer.
_ASKS = (
    r"(?:human|user|prompter|ユーザー?|人間|用户|用戶|人类|人類|usuario|utilisateur|nutzer"
    r"|пользователь)"
)
_SPEAKS = r"(?:assistant|chatbot|ai|アシスタント|助手|人工智能)"
_ASKED_TURN = re.compile(
    rf"\n[ \t]*(?:[#*\[<|]{{0,4}} ?(?i:{_ASKS})[ \]|>*]{{0,3}}[:：]"
    r"|#{2,4} ?(?i:human|user|instruction|input|prompt|question|assistant|response)[ ]?:)"
)
# What makes a dialogue part of the task.
_DIALOGUE = re.compile(
    r"dialog|conversation|script|transcript|interview|chat ?log|chat history|role-?play|screenplay"
    r"|(?:a|one-act|short|stage) play\b|\bskit\b|debate|few-shot|prompt|\b(?:Q ?& ?A|FAQ)\b"
    r"|対話|会話|台本|脚本|やり取り"
    r"|インタビュー|シナリオ|ロールプレイ|プロンプト|チャットログ|对话|對話|剧本|劇本|采访|採訪|访谈|訪談|聊天记录|提示词",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def asks_for_dialogue(prompt: str) -> bool:
    """Whether the prompt wants, or holds, a dialogue: role labels are part of such an answer."""
    return _DIALOGUE.search(prompt) is not None


def first_token(text: str, prompt: str) -> int:
    """Where the first template token that the prompt does not speak of stands; -1 if none."""
    if "<" not in text and "[" not in text:
        return -1
    for match in TOKEN.finditer(text):
        if match[0] not in prompt:
            return match.start()
    return -1


def first_turn(text: str, prompt: str) -> int:
    """Where the line break before the first invented turn stands; -1 if none."""
    for match in _ASKED_TURN.finditer(text):
        if asks_for_dialogue(prompt):
            return -1
        if match[0].strip() not in prompt or match[0].strip().startswith("###"):
            return match.start()
    return -1
