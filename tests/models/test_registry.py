"""From URI to backend: what is refused, and what never shows."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from tesuji.errors import ConfigError, MissingExtraError, ModelUnavailableError, TesujiError
from tesuji.models import registry
from tesuji.models.registry import open_model


def refusal(uri: str, **options: Any) -> TesujiError:
    with pytest.raises(TesujiError) as caught:
        open_model(uri, **options)
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("uri", ["gpt-5", "ftp://host/x", "", "openai", "hf:", "nano:x", "onnx"])
def test_what_is_no_model_is_refused_with_what_is_allowed(uri: str) -> None:
    caught = refusal(uri)
    assert isinstance(caught, ConfigError)
    assert uri.startswith("nano") or "nano, onnx:DIR, openai:NAME" in str(caught)


@pytest.mark.parametrize(
    "uri",
    [
        "http://me:sekret@host/v1#m",
        "https://sekret@host/v1",
        "http://host/v1?api_key=sekret#m",
        "https://host/v1?api-version=1&Access_Token=sekret",
        "htp://me:sekret@host/v1",
    ],
)
def test_secrets_in_an_address_are_refused_and_not_repeated(uri: str) -> None:
    message = str(refusal(uri))
    assert "sekret" not in message
    assert "TESUJI_API_KEY" in message or "no such model" in message


@pytest.mark.parametrize("uri", ["http:///v1", "http://host:99999/v1", "http://[::1/v1"])
def test_addresses_that_are_none(uri: str) -> None:
    assert isinstance(refusal(uri), ConfigError)


@pytest.mark.parametrize(
    ("uri", "base", "name"),
    [
        ("http://Host:8000/v1#Qwen/Qwen3-0.6B", "http://host:8000/v1", "Qwen/Qwen3-0.6B"),
        ("http://host/v1/#a%20b", "http://host/v1", "a b"),
        ("http://host/v1/chat/completions#m", "http://host/v1", "m"),
        ("http://[::1]:80/v1#/models/nano", "http://[::1]:80/v1", "/models/nano"),
    ],
)
def test_addresses_are_read(uri: str, base: str, name: str) -> None:
    model: Any = open_model(uri)
    assert (model.pool.lanes[0].transport.endpoint.base, model.name) == (base, name)
    assert model.uri == model.identity == f"{base}#{name}"


def test_openai_needs_its_key_and_no_other_host_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    caught = refusal("openai:gpt-5")
    assert isinstance(caught, ModelUnavailableError) and "set OPENAI_API_KEY" in str(caught)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
    openai: Any = open_model("openai:gpt-5")
    assert openai.pool.lanes[0].transport.endpoint.key == "sk-openai"
    assert openai.pool.lanes[0].transport.endpoint.base == "https://api.openai.com/v1"
    other: Any = open_model("https://host/v1#gpt-5")
    assert other.pool.lanes[0].transport.endpoint.key is None


def test_a_key_that_could_break_a_header_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk\r\nX-Evil: 1")
    message = str(refusal("openai:m"))
    assert "holds characters that no key has" in message and "Evil" not in message


@pytest.mark.parametrize(
    ("uri", "options"),
    [
        ("http://h/v1#m", {"concurency": 3}),
        ("http://h/v1#m", {"timeout": 0}),
        ("http://h/v1#m", {"tries": "three"}),
        ("nano", {"batch_size": 33}),
        ("nano", {"device": "cuda"}),
    ],
)
def test_wrong_options_are_refused(uri: str, options: dict[str, Any]) -> None:
    caught = refusal(uri, **options)
    assert isinstance(caught, ConfigError) and next(iter(options)) in str(caught)


@pytest.mark.parametrize("uri", ["onnx:/no/such", "hf:/no/such", "replay:/no/such.jsonl"])
def test_what_is_not_there_is_said_at_once(uri: str) -> None:
    caught = refusal(uri)
    assert isinstance(caught, ModelUnavailableError) and "/no/such" in str(caught)


@pytest.mark.parametrize(
    ("uri", "package", "extra"),
    [
        ("hf:some/model", "torch", "hf"),
        ("vllm:m", "vllm", "vllm"),
        ("gguf:m.gguf", "llama_cpp", "gguf"),
    ],
)
def test_a_missing_package_names_its_extra(
    uri: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = __import__(f"tesuji.models.{extra}", fromlist=["find_spec"])
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == package else object())
    caught = refusal(uri)
    assert isinstance(caught, MissingExtraError)
    assert f"pip install 'tesuji[{extra}]'" in str(caught)


def test_a_plugin_brings_a_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("mine", "tesuji.models.replay:open_replay", "tesuji.models")
    broken = EntryPoint("broken", "no.such.module:x", "tesuji.models")
    shadow = EntryPoint("openai", "no.such.module:x", "tesuji.models")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point, broken, shadow])
    assert registry.schemes()[-2:] == ("broken", "mine")
    assert "no such file" in str(refusal("mine:/no/such"))
    assert "the plugin for broken:" in str(refusal("broken:x"))
    assert "OPENAI_API_KEY" in str(refusal("openai:x"))
    assert "mine:…" in str(refusal("other:x"))


def test_a_broken_folder_is_a_model_that_cannot_be_had(tmp_path: Path) -> None:
    (tmp_path / "genai_config.json").write_text("{}")
    (tmp_path / "config.json").write_text("{}")

    async def go(uri: str) -> str:
        model = open_model(uri)
        with pytest.raises(ModelUnavailableError) as caught:
            await model.ready()
        await model.close()
        assert "\n" not in str(caught.value)
        return str(caught.value)

    for scheme in ("onnx", "hf"):
        assert "cannot be loaded" in asyncio.run(go(f"{scheme}:{tmp_path}"))


def test_opening_imports_nothing_heavy() -> None:
    import subprocess

    code = (
        "import sys; from tesuji.models.registry import open_model; open_model('nano');"
        "open_model('http://h/v1#m');"
        "print([m for m in ('aiohttp','numpy','onnxruntime_genai','torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_identity_follows_the_weights_and_not_the_folder(
    tmp_path: Path, copy_of_nano: Callable[[Path], Path]
) -> None:
    one = copy_of_nano(tmp_path / "one")
    two = copy_of_nano(tmp_path / "two")
    assert open_model(f"onnx:{one}").identity == open_model(f"onnx:{two}").identity
    assert open_model(f"onnx:{one}").identity == open_model("nano").identity
    weights = two / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    assert open_model(f"onnx:{one}").identity != open_model(f"onnx:{two}").identity
