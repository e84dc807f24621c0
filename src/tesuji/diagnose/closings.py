"""The phrases with which models close an answer, in English and some others (Japanese and Chinese:
see `closings_cjk`).

Each pattern is matched at the beginning of one closing unit (a sentence or a line, stripped of
markup). Gaps are bounded and never nested in a repetition. They are compiled when first needed.

offer     "Let me know if …", "Feel free to ask", 「他に質問があれば…」, "如果你还有问题…"
wish      "I hope this helps.", "Good luck!", 「参考になれば幸いです。」, "希望这对你有帮助。"
edit      "Feel free to adjust it.", 「必要に応じて調整してください。」: about the text itself, so
          that it is a closing even after a mail or an advertisement
soft      thanks and the like: closing words only beside one of the others
"""

from __future__ import annotations

import re
from functools import cache
from typing import TypeAlias

Closings: TypeAlias = tuple[tuple[str, re.Pattern[str]], ...]

_FIRST_WORDS = """\
let feel please i i'm i’m i'd i’d i'll i’ll if is was are there what how can may could shall
should do would want need have any just happy glad good best wish wishing all you you're
you’re your stay safe take enjoy hope thanks thank cheers bye goodbye and so also but now
finally lastly again overall otherwise anyway well ok okay in as remember make be don't
don’t never for tell share looking this these the that that's when whenever once simply
kindly always more however there still edit alternatively we choose pick select use note
disclaimer keep replace sweet
que puis-je puis d'autres d’autres souhaitez-vous voulez-vous avez-vous espérons espérant recuerda
¿hay ¿te ¿le ¿en ¿necesitas ¿necesita ¿quieres ¿quiere ¿tienes ¿puedo
¿deseas ¿qué si se wenn falls если no não n'hésitez n’hésitez n'hésite n’hésite zögern non
не fique sinta-se обращайтесь lass lassen espero j'espère j’espère ich spero надеюсь viel
bonne buena ¡buena ¡suerte suerte boa удачи bon
"""
FIRST_WORDS = frozenset(_FIRST_WORDS.split())
"""With one of these a closing unit begins, where words have spaces between them."""
ABOUT = frozenset(["the", "this", "these", "that", "that's", "that’s"])
"""The first words of closing units that speak of the answer, and what one of these says."""
ABOUT_HINTS = ("hypothetical", "fictional", "made", "illustrat", "just ", "only ", "merely",
               "rough", "exhaustive", "estimate", "approximate", "sample", "some ", "a few",
               "one ")  # fmt: skip
HINTS = (
    "let me", "free to", "hesitate", "anything", "hope", "luck", "happy", "would you", "help",
    "i can ", "question", "assist", "glad", "have a ", "best wishes", "all the best", "enjoy",
    "you want", "do you", "shall i", "tell me", "welcome", "take care", "stay safe", "just ask",
    "want me", "your thoughts", "like me to", "just say", "here to", "safe travels", "cheers",
    "bye", "thank", "wish", "replace", "you can ", "you think", "dud",
    "hésite", "hesite", "zöger", "wissen", "esitare", "sapere", "стесня", "знать", "обращ",
    "vontade",
    "espero", "puedo", "espère", "hoffe", "spero", "надеюсь", "erfolg", "chance",
    "suerte", "sorte", "удачи",
    "keep in mind", "note", "disclaimer", "hypothetical", "fictional", "adapt",
    "personali", "customi", "tailor", "placeholder", "estimate", "exhaustive", "puis-je",
    "-vous", "courage", "¿", "avísame", "dímelo", "saber", "remember", "shall we", "reach out",
    "there you",
)  # fmt: skip
"""A closing unit in English has one of these, in lower case."""

_ME = (
    r"(?:let me know|feel free|don['’]?t hesitate|do not hesitate|never hesitate|just (?:ask|say"
    r"|tell)"
    r"|(?:please|simply|kindly) (?:ask|tell me|share|provide|let|specify|reach)|tell me|ask me"
    r"|ask away"
    r"|i(?:['’]d| would|['’]ll| will| can| could|['’]m| am)\b|(?:happy|glad) to|we can (?:explore"
    r"|discuss|work|look|refine)|reach out|i['’]?m here)"
)
_GAP = r"[^\n]{0,200}?"
# Advice to ask somebody else is content.
_OTHERS = (
    r"(?!\W+(?:out )?(?:to )?(?:a|an|your|their|his|her|local|the|our|emergency|medical"
    r"|professional"
    r"|professionals|others|friends|them|someone|somebody)\b)"
)
_EDIT = (
    r"(?:customi[sz]e|adjust|modify|adapt|edit|tweak|personali[sz]e|revise"
    r"|make (?:any )?(?:changes"
    r"|adjustments|edits|modifications))"
)


def closing(kind: str, *alternatives: str) -> tuple[str, re.Pattern[str]]:
    """A kind of closing from its alternative patterns, after words that lead up to it.

    They are in lower case, as what they are matched with must be: twice as fast as IGNORECASE.
    """
    lead = r"(?:(?:and|so|also|but|now|finally|lastly|again|overall|otherwise|anyway|please|well|ok"
    lead += r"|okay|in the meantime|as always|remember|however|still|alternatively|of course|edit:"
    lead += r"|in any case|if so),? ){0,2}"
    return kind, re.compile(lead + "(?:" + "|".join(alternatives) + ")")


@cache
def english() -> Closings:
    """English closings, by kind, and the commonest of some other Latin and Cyrillic languages."""
    return (
        closing(
            "edit",
            r"(?:you (?:can|may|could) |feel free to |i encourage you to )(?:always |also )?"
            + _EDIT + r"\b[^\n]{0,60}\b(?:this|it|the|as|to (?:fit|suit|match|your|better))\b",
            # "Choose the one that you like, or feel free to change it."
            r"(?:(?:choose|pick|select|use|try) [^\n]{0,80}?[,;]? (?:or|and) )?feel free to "
            + _EDIT + r"\b",
            r"(?:let me know|tell me)\b[^\n]{0,80}\b(?:changes?|adjust\w*|revisions?|edits?|revise"
            r"|modif\w+|tweaks?|shorter|longer|another version|different (?:tone|style"
            r"|version))\b",
            r"(?:do|would) you (?:want|like) (?:me to|any|some) [^\n]{0,40}\b(?:adjust|change"
            r"|modify"
            r"|revis|tweak|tailor|shorten|expand|refine|edit)",
            r"(?:just )?(?:remember|make sure|be sure|don['’]?t forget) to (?:replace|fill in"
            r"|customi[sz]e"
            r"|personali[sz]e|(?:tailor|adjust|adapt|modify|edit|change|update|proofread|review)"
            r" (?:this|it|the (?:above|text|content|wording|details|placeholders?)"
            r"|your (?:letter|e?-?mail"
            r"|resume|cv"
            r"|message|script|speech|post|text)|any)\b)",
            r"(?:please |simply |just )?(?:replace|fill in|update) (?:the |any "
            r"|all )?[^\n.]{0,30}?"
            r"(?:placeholders?|brackets?|bracketed|\[[^\]\n]{1,40}\])[^\n]{0,120}$",
        ),
        closing(
            "disclaimer",
            r"(?:please )?(?:note|remember|keep in mind|be aware)(?:,| that|:) (?:that )?(?:this"
            r"|the above|these|my|i['’]?m|i am|as an? ai)\b[^\n]{0,30}\b(?:answer|response"
            r"|information|list|suggestions?|an ai|(?:just|only|merely|not (?:a substitute|legal"
            r"|medical|financial|professional)|intended|based on|hypothetical|fictional))\b",
            r"(?:please )?note(?:,| that|:)? (?:that )?(?:this is|these are)(?: only"
            r"| just)? (?:an? )?"
            r"(?:general|rough|approximate|simplified|basic)\b",
            r"(?:these|this|the) [^\n.]{1,40} (?:is|are) (?:purely |entirely "
            r"|all )?(?:hypothetical"
            r"|fictional|made[- ]up|for illustrati\w+)\b",
            r"(?:these|this|the above)(?: \w+){0,2} (?:is|are) (?:just |only |merely "
            r"|all )?(?:an? )?"
            r"(?:rough|approximate|estimated?|sample)\b[^\n.]{0,40}\b(?:estimates?|outline"
            r"|guidelines?"
            r"|ideas?|examples?|and|only)\b",
            r"(?:please )?note(?:,| that|:)? (?:that )?(?:the|this|these|my) (?:above "
            r"|following )?(?:lists?"
            r"|answer|response|information|translation|summary|suggestions?|estimates?|figures?"
            r"|explanation|code|script|links?|urls?|plan|itinerary|schedule|template|program"
            r"|example|calculations?|prices?|costs?) (?:is|are|may|might|was|were|does|do|can"
            r"|assumes?"
            r"|has|have)\b",
            r"disclaimer:",
        ),
        closing(
            "offer",
            r"(?:just |simply |do |kindly )?let (?:me|us) know\b(?! (?:that|you))",
            r"(?:just )?feel free to (?:ask|reach out|let (?:me|us) know|contact (?:me|us)|share"
            r"|provide|message|tell me|return|come back|respond|reply|request|inquire|follow up"
            r"|chat"
            r"|use (?:this|it|these)|give me|send|specify|clarify)\b" + _OTHERS,
            r"(?:please )?(?:don['’]?t|do not|never) hesitate (?:reaching|asking|contacting)\b"
            + _OTHERS,
            r"i can (?:also )?(?:provide|share|give|recommend|suggest|explain)(?: you)?(?: with)?"
            r" (?:more|additional|further|other)\b[^\n]{0,70}[.!]$",
            r"feel free to [^\n.]{0,60}\b(?:modify|adapt|adjust|customi[sz]e) (?:them|it|this"
            r"|these)\b",
            r"(?:please )?(?:don['’]?t|do not|never) hesitate to (?:ask|reach|contact|let|share"
            r"|request|inquire|tell|message|provide|send)\b" + _OTHERS,
            r"(?:remember|as always|overall)\b[^\n]{10,240}?\b(?:and|but"
            r"|so),? (?:please )?(?:don['’]t hesitate"
            r"|do not hesitate|feel free) to (?:reach out|ask|let me know)\b" + _OTHERS,
            r"(?:is|was|are) there (?:anything|something|any|another|other|a (?:specific"
            r"|particular))\b[^\n]{0,100}\?",
            r"(?:what|how)(?: else)? (?:can|may|could|would|should) (?:i|we) (?:help|assist"
            r"|do for)\b",
            r"(?:what|how)(?: else)? would you like (?:me )?to (?:know|discuss|talk|explore|do"
            r"|help"
            r"|learn)\b",
            r"(?:can|may|could|shall|should) i (?:help|assist|also|do anything|provide|clarify"
            r"|elaborate|be of)\b[^\n]{0,80}\?",
            r"(?:do )?you have any (?:other |more |further |additional |specific )?questions\b",
            r"(?:have )?any (?:other |more |further |additional )?questions\?",
            r"would you like [^\n?]{0,160}\?",
            r"do you (?:like|want|need) (?:me to|more|further|additional|help|any|an?|some"
            r"|to (?:know|see|hear|explore|discuss|learn|continue|try|go|add|dive|delve|talk"
            r"|proceed))\b[^\n]{0,160}\?",
            r"(?:want|need) me to [^\n]{0,120}\?",
            r"shall (?:i|we) [^\n]{0,100}\?",
            r"(?:if|should|whenever|when|once|in case)\b (?:there(?:['’]s| is| are)|you|anything"
            r"|any|this|that|neither|none|i(?:['’]ve| have))\b" + _GAP + r"\b" + _ME + _OTHERS,
            r"(?:let me know|for more|for further) (?:details|information|assistance|help)\b"
            + _GAP + r"\b" + _ME,
            r"i(?:['’]m| am)(?: always| also| still| here| just)*+ (?:here|happy|glad|available"
            r"|ready"
            r"|more than (?:happy|willing)|at your (?:service|disposal)|open)\b(?:,| to| for| if"
            r"| whenever| and)[^\n]{0,60}\b(?:help|assist|answer|support|provide|discuss|chat|talk"
            r"|explain|elaborate|clarify|offer|share|brainstorm|suggest|guide|anytime|questions?"
            r"|listen|you)\b",
            r"i(?:['’]d| would) (?:also )?(?:be|love)(?: more than)?(?: very)?(?: happy| glad"
            r"| delighted"
            r"| pleased| willing)? ?to (?:help|assist|answer|provide|discuss|chat|talk|explain"
            r"|elaborate|clarify|offer|share|brainstorm|suggest|guide|try|create|write|recommend"
            r"|hear|give|support|continue)\b",
            r"(?:i['’](?:m|ll be) )?(?:always |more than )?(?:happy|glad) to (?:help|assist"
            r"|elaborate"
            r"|clarify"
            r"|answer|provide|explain|discuss)\b",
            r"i (?:can|could|will|would)(?: also| then| gladly| certainly)? (?:help|assist|provide"
            r"|explain|elaborate|clarify|add|create|make|adjust|give|show|offer|write|suggest"
            r"|expand"
            r"|tailor|go|walk)\b[^\n]{0,160}\b(?:if (?:you|needed|that|this|it|desired|necessary)"
            r"|for you\?|with that)\b",
            r"just (?:ask|say the word|let me know|tell me)\b",
            r"(?:please )?(?:tell|share with) (?:me|us) (?:more|what|your|if|which|how)\b",
            r"i(?:['’]m| am)? ?look(?:ing)? forward to (?:your|hearing|helping|assisting|chatting"
            r"|our)\b",
            r"what (?:do|are) you(?:r)? (?:think|thoughts)\?$",
            # Spanish, Portuguese, French, German, Italian, Russian
            r"(?:que|en quoi|comment) puis-je (?:faire|vous|t['’]|encore|d['’]autre)[^\n]{0,60}\?",
            r"(?:avez-vous )?d['’]autres questions ?\?",
            r"si\b" + _GAP + r"\bpuedo (?:ayudar|dar|ofrecer|explicar|recomendar)",
            r"(?:souhaitez|voulez|avez)-vous (?:que je|d['’]autres|autre|plus)[^\n]{0,100}\?",
            r"¿(?:hay|te|le|en qué|necesitas|necesita|quieres|quiere|tienes|puedo|deseas"
            r"|qué más)\b",
            r"(?:si|se|wenn|falls|если)\b" + _GAP + r"(?:no dud[ae]s?|avísame|dímelo|háznoslo"
            r"|házmelo"
            r"|n['’]hésite[zs]?|fique à vontade|não hesite|me avise|estou (?:aqui|à disposição)"
            r"|lass(?:en sie)? (?:es )?(?:mich|uns)|stehe ich|non esitare|fammi sapere|дайте знать"
            r"|не стесняйтесь|спрашивайте|обращайтесь|я (?:буду|готов|с радостью)|estaré"
            r"|estoy aquí"
            r"|je (?:suis|serais|serai))",
            r"(?:no dud[ae]s?|não hesite|n['’]hésite[zs]?|zögern sie nicht|non esitare"
            r"|не стесняйтесь"
            r"|fique à vontade|sinta-se à vontade|обращайтесь|lass(?:en sie)? mich wissen)\b",
        ),
        closing(
            "wish",
            r"(?:i |we )?(?:really |sincerely |do |truly |also )?hope (?:this|that|these|it"
            r"|my (?:answer"
            r"|response|suggestions?|explanation|advice)|i(?:['’]ve| have| could| was)"
            r"|the (?:above"
            r"|information|explanation|answer|example|suggestions)"
            r"|you(?:['’]ll)? (?:will )?(?:find"
            r"|enjoy\w*|like|love|have|found|got|get|feel))\b"
            r"(?! (?:[\w'’]+ ){0,2}will (?!help|be (?:of )?(?:help|use|benef))| the )",
            r"(?:i )?(?:really |do )?hope (?:that )?you(?:['’]ll| will|['’]ve"
            r"| have)? (?:enjoy\w*|liked?"
            r"|loved?) (?:the|this|these|it|my|reading|listening)\b",
            r"(?:good|best of) luck\b",
            r"(?:i )?wish(?:ing)? you\b",
            r"(?:best wishes|all the best)\b",
            r"happy (?:[\w-]+ ){0,2}?(?:\w+ing|travels|trails|holidays)\b[^\n]{0,60}!",
            r"have (?:a|an) (?:great|nice|good|wonderful|fantastic|lovely|amazing|safe|pleasant"
            r"|fun|blessed|happy|excellent|beautiful)\b[^\n]{0,60}[!.]",
            r"(?:you(?:['’]re| are) (?:very |most )?welcome)\b",
            r"(?:stay safe|safe travels|take care)(?: and [^\n]{0,30})?[!.]",
            r"enjoy (?:your|the|this|these|\w+ing) [^\n.!]{1,140}!",
            r"(?:remember|now|so|go|these|this|that)\b[^\n.!?]{3,160}\b(?:and|but) happy \w+ing!",
            r"enjoy (?:your|this|these) [^\n.!]{1,90}\.",
            r"there you (?:have it|go)(?:[!.]|,[^\n]{0,90}[!.])",
            r"(?:espero (?:que (?:est[eo]s?|estas?|te|le|isso|ajude|sea|les?)\b|haber(?:te"
            r"|le)? ayudado"
            r"|ter ajudado)|j['’]espère que|ich hoffe,? (?:das|dass"
            r"|diese|es|ihnen)|spero che|надеюсь,? (?:это|что|эт)|viel erfolg|bonne chance|¡?buena"
            r" suerte|¡?suerte!|boa sorte|удачи|bon courage)\b",
        ),
        closing(
            "soft",
            r"(?:thanks|thank you)\b[^\n]{0,60}$",
            r"(?:enjoy|cheers|bye|goodbye|best)[!.]",
            r"(?:this|these|the above|that)(?:['’]s| is| are) (?:just|only|merely) (?:one|an?|some"
            r"|a few)\b",
            r"if you have any (?:other |more |further |additional )?(?:questions"
            r"|requests)[^\n]{0,40}$",
        ),
    )  # fmt: skip
