"""JSON bodies of OpenAI-compatible servers: made from requests, read into outputs.

What a server sends is not trusted: any part may be missing or of another type. What can't be
read is a MalformedAnswerError, which is worth another try; what is merely left out (token counts,
a finish reason) gets a plain default.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tesuji.errors import CapabilityError
from tesuji.models.base import Output, Request, TokenLogprob
from tesuji.models.seeds import draw_seed
from tesuji.task.formats.base import Grammar
from tesuji.task.sample import Message

if TYPE_CHECKING:
    import numpy as np

_SHOWN = 200


class MalformedAnswerError(Exception):
    """A server's body is not what it ought to be; the message says how."""


def chat_body(
    name: str, request: Request, *, n: int, limit_key: str, dialect: str
) -> dict[str, Any]:
    """The body of POST /chat/completions that asks for `n` draws of `request`."""
    sampling = request.sampling
    body: dict[str, Any] = {
        "model": name,
        "messages": [{"role": m.role, "content": m.content} for m in request.messages],
        limit_key: sampling.max_tokens,
        "temperature": sampling.temperature,
    }
    if sampling.top_p != 1.0:
        body["top_p"] = sampling.top_p
    if sampling.stop:
        body["stop"] = list(sampling.stop)
    if sampling.seed is not None:
        body["seed"] = draw_seed(sampling.seed, request.index)
    if sampling.logprobs is not None:
        body["logprobs"] = True
        if sampling.logprobs > 0:
            body["top_logprobs"] = sampling.logprobs
    if sampling.grammar is not None:
        body |= _grammar_body(sampling.grammar, dialect)
    if n > 1:
        body["n"] = n
    return body


def _grammar_body(grammar: Grammar, dialect: str) -> dict[str, Any]:
    value: Any = grammar.value
    if grammar.kind in ("json", "choice"):
        value = json.loads(grammar.value)
    if dialect != "openai":
        return {"structured_outputs": {grammar.kind: value}}
    if grammar.kind != "json":
        raise CapabilityError(
            f"OpenAI constrains answers by a JSON schema only, not by {grammar.kind}: "
            "leave the constraint off or use another server"
        )
    schema = {"name": "answer", "schema": value, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def read_chat(payload: object, *, seconds: float) -> list[Output]:
    """The outputs in a chat completion, one for each choice, in the order of their index.

    Token counts are the server's for the whole call: the prompt is counted on the first output,
    the written tokens are split evenly, so that sums over outputs are what was paid.
    """
    answer = _mapping(payload, "the answer")
    _refuse_error(answer)
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices:
        raise MalformedAnswerError("the answer has no choices")
    drafts = [_read_choice(choice) for choice in sorted(choices, key=_index)]
    usage = answer.get("usage")
    paid_in, paid_out = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    share, rest = divmod(paid_out, len(drafts))
    return [
        Output(
            text=text,
            finish=finish,
            tokens_in=paid_in if at == 0 else 0,
            tokens_out=share + (at < rest),
            seconds=seconds,
            logprobs=logprobs,
        )
        for at, (text, finish, logprobs) in enumerate(drafts)
    ]


def _read_choice(choice: object) -> tuple[str, str, tuple[TokenLogprob, ...] | None]:
    parts = _mapping(choice, "a choice")
    message = _mapping(parts.get("message"), "a choice's message")
    finish = parts.get("finish_reason")
    name = shown(finish, 40) if isinstance(finish, str) and finish else "unknown"
    return _text(message.get("content")), name, _read_logprobs(parts.get("logprobs"))


def _text(content: object) -> str:
    """Text of a message. What a model thought aloud (`reasoning_content`) is not its answer."""
    if content is None:
        return ""
    if isinstance(content, str):
        return whole(content)
    if isinstance(content, list):
        texts = [part.get("text") for part in content if isinstance(part, dict)]
        return whole("".join(text for text in texts if isinstance(text, str)))
    raise MalformedAnswerError(f"a message's content is no text but {type(content).__name__}")


def _read_logprobs(value: object) -> tuple[TokenLogprob, ...] | None:
    content = value.get("content") if isinstance(value, dict) else None
    if not isinstance(content, list):
        return None
    tokens = []
    for item in content:
        pair = _token(item)
        if pair is None:
            raise MalformedAnswerError("a log-probability has no token or no number")
        tops = item.get("top_logprobs")
        found = [_token(top) for top in tops] if isinstance(tops, list) else []
        tokens.append(TokenLogprob(*pair, tuple(top for top in found if top is not None)))
    return tuple(tokens)


def _token(item: object) -> tuple[str, float] | None:
    if not isinstance(item, dict):
        return None
    token, logprob = item.get("token"), item.get("logprob")
    if not isinstance(token, str) or isinstance(logprob, bool):
        return None
    if not isinstance(logprob, int | float) or math.isnan(logprob):
        return None
    return whole(token), float(logprob)


def embedding_body(name: str, texts: Sequence[str]) -> dict[str, Any]:
    """The body of POST /embeddings."""
    return {"model": name, "input": list(texts), "encoding_format": "float"}


def read_embeddings(payload: object, count: int) -> np.ndarray:
    """Embeddings, shape (count, dimensions), float32, in the order of the texts."""
    import numpy as np

    answer = _mapping(payload, "the answer")
    _refuse_error(answer)
    data = answer.get("data")
    if not isinstance(data, list) or len(data) != count:
        raise MalformedAnswerError(f"the answer does not hold {count} embeddings")
    rows = [item.get("embedding") for item in sorted(data, key=_index) if isinstance(item, dict)]
    try:
        vectors = np.asarray(rows, dtype=np.float32)
    except (TypeError, ValueError, OverflowError):
        raise MalformedAnswerError("the embeddings are no numbers of one length") from None
    if vectors.ndim != 2 or len(vectors) != count or not np.isfinite(vectors).all():
        raise MalformedAnswerError("the embeddings are no numbers of one length")
    return vectors


def read_names(payload: object) -> list[str]:
    """The models that GET /models lists."""
    answer = _mapping(payload, "the list of models")
    data = answer.get("data")
    if not isinstance(data, list):
        raise MalformedAnswerError("the list of models is missing")
    names = [item.get("id") for item in data if isinstance(item, dict)]
    return [whole(name) for name in names if isinstance(name, str)]


def parse(data: bytes) -> object:
    """A body as JSON. MalformedAnswerError also where it is cut, too deep or no UTF-8."""
    if not data.strip():
        raise MalformedAnswerError("the body is empty")
    try:
        return json.loads(data)
    except RecursionError:
        raise MalformedAnswerError("the body is nested too deep") from None
    except ValueError as error:
        raise MalformedAnswerError(f"the body is no JSON ({shown(str(error), 80)})") from None


def error_fields(data: bytes) -> tuple[str, str, str]:
    """Message, code and parameter of an error body; a body that is no JSON is its own message."""
    try:
        payload = parse(data)
    except MalformedAnswerError:
        return data[:2000].decode(errors="replace"), "", ""
    error = payload.get("error", payload) if isinstance(payload, dict) else payload
    if not isinstance(error, dict):
        return str(error)[:2000], "", ""
    message = next((error[k] for k in ("message", "detail", "error") if error.get(k)), error)
    code = error.get("code") or error.get("type") or ""
    return str(message)[:2000], str(code)[:100], str(error.get("param") or "")[:100]


def _refuse_error(answer: dict[str, Any]) -> None:
    """Some gateways send an error under status 200."""
    if answer.get("error") and not answer.get("choices"):
        # Not shortened here: a key that it repeats must be whole to be found and hidden.
        raise MalformedAnswerError(f"an error under status 200: {str(answer['error'])[:2000]}")


def whole(text: str) -> str:
    """`text` with lone surrogates (JSON allows them, UTF-8 does not) as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def shown(text: str, limit: int = _SHOWN) -> str:
    """`text` on one line for an error message: shortened, and nothing in it moves the cursor."""
    text = " ".join(text[: limit * 4].split())
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _mapping(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedAnswerError(f"{what} is no object but {type(value).__name__}")
    return value


def _index(item: object) -> int:
    index = item.get("index") if isinstance(item, dict) else None
    return index if isinstance(index, int) else 0


def _count(usage: object, name: str) -> int:
    value = usage.get(name) if isinstance(usage, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        return 0
    return value


def prompt_text(messages: Sequence[Message]) -> str:
    """Messages for a model without a chat template: contents, a blank line between, then a line.

    >>> prompt_text([Message("user", "Q: 1+1?")])
    'Q: 1+1?\\n'
    """
    return "\n\n".join(message.content for message in messages) + "\n"
