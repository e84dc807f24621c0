"""Broken characters, literal escapes, token soup."""

from __future__ import annotations

import random
import time

import pytest

from tests.diagnose.conftest import request_of
from tesuji.diagnose import clean
from tesuji.diagnose.garbled import detect_garbled
from tesuji.diagnose.observation import Observation


@pytest.mark.parametrize(
    "text", ["生成さ\ufffd\ufffdく物質", "o\ufffd we live", "🎉\ufffd\ufffd\ufffd"]
)
def test_lost_characters_are_found_and_not_made_up(found, text: str) -> None:
    (finding,) = found("garbled", text)
    assert set(text[finding.start : finding.end]) == {"\ufffd"}
    assert finding.fix is None


@pytest.mark.parametrize(
    "right",
    [
        "l'année dernière",
        "it’s “quoted”",
        "Grüße aus Köln, wo es 5° hat",
        "これは日本語",
        "你好，我们走吧",
        "Здравствуйте, как дела?",
        "مرحبا بالعالم",
        "नमस्ते दुनिया",
        "안녕하세요 여러분",
    ],
)
def test_utf8_read_as_windows_1252_is_found_and_mended(found, right: str) -> None:
    wrong = "".join(
        bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b)
        for b in right.encode()
    )
    findings = found("garbled", wrong)
    assert findings and all(f.fix == "unicode" for f in findings)
    assert clean(wrong, ["unicode"]) == right


def test_utf8_read_as_shift_jis_is_found(found) -> None:
    wrong = "文字化けはこまります".encode().decode("cp932", "replace")
    assert found("garbled", wrong)
    assert found("garbled", "锟斤拷锟斤拷")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Fish &amp; chips &quot;to go&quot;", 'Fish & chips "to go"'),
        (r"\u304a\u306f\u3088\u3046、皆さん。", "おはよう、皆さん。"),
        (r"First this.\n\nThen that.", "First this.\n\nThen that."),
        (r"まずこれ。\n次にそれ。", "まずこれ。\n次にそれ。"),
        ("red\x00 and\x1b blue", "red and blue"),
        ("The sea<0xE3><0x81><0x82>", "The seaあ"),
        (r"Grüße, \xe3\x81\x82", "Grüße, あ"),
        ("The▁sea▁is▁blue", "The sea is blue"),
        ("TheĠseaĠis.ĊĠBlue", "The sea is.\n Blue"),
        ("a\u200b\u200b\u200b\u200bb", "ab"),
    ],
)
def test_escapes_and_stray_characters_are_mended(found, wrong: str, right: str) -> None:
    assert {f.fix for f in found("garbled", wrong)} == {"unicode"}
    assert clean(wrong, ["unicode"]) == right
    assert clean(right, ["unicode"]) == right


SOUP = (
    " mapleRiver orchestr917 Voltage hesitant](Lantern spoonfulGranite embassy marinated"
    " quoteSparrow nickelTheatre brisk волна cathedralOven ladder whisperedPolymer turbine"
    " gossip449 meadowEngine frantic violetHarbour compass dentist saddlePrairie velvet"
    " orbitKitchen marble thunderNotary"
)


@pytest.mark.parametrize(
    "sense",
    [
        "The river is long, and it is one of the deepest in the country.",
        "川は長く、とても深いです。",
    ],
)
def test_soup_that_lasts_to_the_end_is_found_from_where_sense_ends(found, sense: str) -> None:
    (finding,) = found("garbled", sense + SOUP)
    assert finding.end == len(sense + SOUP)
    assert abs(finding.start - len(sense)) <= 100
    assert finding.fix is None


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ('{"name": "\\u5c71\\u7530", "note": "a\\nb"}', "Give JSON."),
        ("The regex `[\\u3040-\\u309f]+` matches kana.", ""),
        ("Open C:\\new\\users\\name and C:\\Users\\notes.", ""),
        ("$$\\nabla \\cdot E = \\rho$$ and \\(\\nu\\)", ""),
        ('print("a\\n")', "Write Python code."),
        ("In HTML you write &amp; for an ampersand.", "How do I escape & in HTML?"),
        ("SÃO PAULO É AQUI, «À LA CARTE», Ängstlich, naïve café", ""),
        ("“Café”—she said—“é”… À…", ""),
        ("می‌خواهم", ""),
        ("👩‍👩‍👧 family, cafe\u0301", ""),
        ("d41d8cd98f00b204e9800998ecf8427e", "md5 of the empty string?"),
        ("qzjxkvwpbnmrtlhgfdsa " * 20, "Reverse: " + "asdfghltrmnbpwvkxjzq " * 20),
        ("Wò ài nǐ. Tha gaol agam ort. Ngiyakuthanda. Ti amo. " * 8, ""),
        ("2-(4-isobutylphenyl)propanoic acid, N-acetyl-p-aminophenol", ""),
        ("Tom, Dick, Harry, Ann, Sue, Joe, Kim, Lee, Max, Roy, Eve, Ian, Amy " * 5, ""),
        ("def f(x):\n    return x\n\nclass FooBar(BazQux):\n    fooBar = bazQux2(x)\n" * 6, ""),
        ("\n".join(f"- https://example.org/fooBar{n}/bazQux{n}Page" for n in range(30)), ""),
        ("#SummerVibes #OceanLover #BeachLife #SunsetChaser #TravelGram #BlueWater " * 4, ""),
        ("iPhone16、MacBookPro、AirPodsMax、GalaxyS24、SwitchOLEDを比べます。" * 5, ""),
    ],
)  # fmt: skip
def test_what_only_looks_odd_is_not_garbled(found, text: str, prompt: str) -> None:
    assert found("garbled", text, prompt) == []
    assert clean(text, ["unicode"], request=request_of(prompt or "x")) == text


def _dice(letters: str) -> str:
    return "".join(random.Random(2).choices(letters, k=10**6))


@pytest.mark.parametrize(
    "text",
    ["Ã©" * 500_000,
     "&amp;" * 200_000, "\\u3042" * 160_000, "縺ゅ縺" * 330_000, "\ufffd a" * 330_000,
     SOUP * 3_500, _dice("aB9Ã縺\\&;n ")],
    ids=["latin", "entities", "escapes", "shift jis", "lost", "soup", "dice"],
)  # fmt: skip
def test_a_megabyte_takes_linear_time(text: str) -> None:
    begun = time.process_time()
    list(detect_garbled(Observation(text)))
    assert time.process_time() - begun < 3
