"""From a model's URI to a backend.

Other packages add schemes through the entry-point group `tesuji.models`: the name is the scheme,
the value a callable (what stands after `scheme:`, **options) -> Model.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from tesuji.errors import ConfigError
from tesuji.models.base import Model

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_BUILT_IN = {
    "nano": "tesuji.models.onnx:open_nano",
    "onnx": "tesuji.models.onnx:open_onnx",
    "openai": "tesuji.models.http:open_openai",
    "http": "tesuji.models.http:open_http",
    "https": "tesuji.models.http:open_https",
    "hf": "tesuji.models.hf:open_hf",
    "vllm": "tesuji.models.vllm:open_vllm",
    "gguf": "tesuji.models.gguf:open_gguf",
    "replay": "tesuji.models.replay:open_replay",
}
_SHAPES = (
    "nano, onnx:DIR, openai:NAME, http://HOST/v1#NAME, https://HOST/v1#NAME, hf:NAME-or-DIR, "
    "vllm:NAME, gguf:FILE, replay:FILE, baseline:METHOD"
)


def open_model(uri: str, *, workers: str | None = None, **options: Any) -> Model:
    """The backend that `uri` names; nothing is sent and no weights are read yet.

    `workers` "ray" spreads a model that runs in this process over a Ray cluster. `options` are the
    backend's own, such as `concurrency` or `timeout`. ConfigError for a URI or
    option that does not exist, ModelUnavailableError or MissingExtraError where a key, file or
    package is missing.

    >>> open_model("nanoo")
    Traceback (most recent call last):
    tesuji.errors.ConfigError: no such model: 'nanoo'; it is one of nano, onnx:DIR, openai:NAME, \
http://HOST/v1#NAME, https://HOST/v1#NAME, hf:NAME-or-DIR, vllm:NAME, gguf:FILE, replay:FILE, \
baseline:METHOD
    """
    scheme, colon, rest = uri.strip().partition(":")
    scheme = scheme.lower()
    if scheme == "baseline" and rest:
        raise ConfigError(
            f"{uri.strip()[:80]} is fitted to a competition's training rows: run it there "
            f"(tesuji run --model {uri.strip()[:80]})"
        )
    opener = _opener(scheme)
    if opener is None:
        shapes = ", ".join([_SHAPES, *(f"{name}:…" for name in sorted(_plugins()))])
        # A mistyped address may hold a password: show no more than the scheme.
        name = f"{scheme}:…" if colon else uri.strip()
        raise ConfigError(f"no such model: {name[:80]!r}; it is one of {shapes}")
    if scheme == "nano" and rest:
        raise ConfigError("nano takes nothing after its name")
    if scheme != "nano" and not rest:
        raise ConfigError(f"{scheme!r} is not a whole model name; it is one of {_SHAPES}")
    _check_options(scheme, opener, options)
    model = opener(rest, **options)
    if workers is None:
        return model
    from tesuji.models.workers import spread

    return spread(model, options, workers)


def schemes() -> tuple[str, ...]:
    """Every scheme that `open_model` knows, plugins included."""
    return (*_BUILT_IN, *sorted(_plugins()))


def _opener(scheme: str) -> Callable[..., Model] | None:
    if scheme in _BUILT_IN:
        module, _, function = _BUILT_IN[scheme].partition(":")
        return cast("Callable[..., Model]", getattr(import_module(module), function))
    plugin = _plugins().get(scheme)
    if plugin is None:
        return None
    try:
        return cast("Callable[..., Model]", plugin.load())
    except Exception as error:  # a plugin is anybody's code
        raise ConfigError(f"the plugin for {scheme}: ({plugin.value}) fails: {error}") from error


def _plugins() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points

    found = entry_points(group="tesuji.models")
    return {point.name: point for point in found if point.name not in _BUILT_IN}


def _check_options(scheme: str, opener: Callable[..., Model], options: dict[str, Any]) -> None:
    known = _options(opener)
    unknown = [] if known is None else [name for name in options if name not in known]
    if unknown:
        allowed = ", ".join(known or ()) or "none"
        raise ConfigError(f"{scheme}: has no option {', '.join(unknown)}; it has {allowed}")


def _options(opener: Callable[..., Model]) -> list[str] | None:
    """Names of keyword options; None where anything is taken."""
    import inspect

    parameters = inspect.signature(opener).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
