"""The phrases with which English answers open, by kind (see `openings`)."""

from __future__ import annotations

from tesuji.diagnose.segments import CLAUSE, Segment, segment

_STOP = r"(?:[.!,:;~…–—！，。：、～]+(?=[\s*_]|$|[^\x00-\x7f])|(?=\n)|\s[-–—]\s)"
_END = r"[.!]+(?=[\s*_]|$)"
_SENTENCE = r"[^\n.!?:]{0,160}"
# A disclaimer denies something, and ends with its sentence or where the sentence turns.
_CLAIMS = (
    r"(?=[^\n.!?]{0,160}(?:n['’]t|\bnot\b|\bcannot|\bno\b|unable))[^\n.!?]{0,200}?"
    r"(?:(?:,|;)? (?:but|however),? |[.!](?=\s)\s*(?:(?:however|that (?:being )?said|but),? )?)"
)
_HERE = (
    r"(?:here(?:['’]s| is| are| it is| they are)|below (?:is|are)|(?:the )?following (?:is|are))\b"
)
_HELP = (
    r"(?:help|assist|do my best|try my best|answer|explain|provide|give|show|walk you|guide"
    r"|share|do that|do so|give it a|give you|break|write|create|generate|translate|summari[sz]e"
    r"|reverse|rewrite|correct|solve)"
)
_PRAISED = (
    r"(?:great|good|excellent|interesting|wonderful|fantastic|fascinating|important|fun"
    r"|awesome|lovely"
    r"|thoughtful|intriguing|thrilling|thought-provoking|brilliant|amazing|delightful"
    r"|beautiful|creative"
    r"|clever|classic|exciting|profound|unique|nice|cool|solid|terrific|valid)"
)
_NUMBERED = (
    r"(?:an?|the|your|my|some|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen"
    r"|twenty|\d+"
    r"|what|how|another|several)\b"
)
_THINKS = r"(?!,? (?:so\b|let|i (?:need|have|think|should)|the ))"

ENGLISH: tuple[Segment, ...] = (
    segment("yes", "yes yep yeah", r"(?:yes|yep|yeah)" + _STOP),
    segment(
        "agreement",
        "oh ah well sure surely why certainly of absolutely definitely ok okay",
        r"(?:(?:oh|ah|well),? )?"
        r"(?:sure(?: thing)?|surely|why not|certainly|of course|absolutely|definitely"
        rf"|ok(?:ay)?{_THINKS})" + _STOP,
    ),
    segment(
        "acknowledgement",
        "thanks thank",
        r"(?:thanks|thank you)(?: so much| very much)? for "
        r"(?:asking|(?:your|the) (?:question|query))" + _STOP,
    ),
    segment(
        "acknowledgement",
        "alright alrighty all got understood noted no right will here gladly with my by very"
        " you as",
        rf"(?:(?:alright|alrighty|all right){_THINKS}"
        r"|got it|understood|noted|no problem|right away|will do"
        r"|here you go|gladly|with pleasure|my pleasure|by all means|very well|no worries"
        r"|you got it|as you wish|as requested)" + _STOP,
    ),
    segment(
        "acknowledgement",
        "what that's that’s that this it's it’s a an really very truly great good excellent"
        " interesting"
        " wonderful fantastic fascinating important fun awesome lovely thoughtful intriguing"
        " thrilling"
        " brilliant amazing delightful beautiful creative clever classic exciting nice cool",
        r"(?:(?:what|(?:that|this|it)(?:['’]s| is)) )?(?:an? )?(?:really |very |truly |quite "
        r"|such )?"
        + _PRAISED + r"(?:,? (?:and|but|yet) [\w-]{3,20})?(?:,? [\w-]{3,20})? "
        r"(?:question|request|topic|challenge|idea|concept|scenario|problem|puzzle|riddle"
        r"|choice|query"
        r"|inquiry|prompt|task|thought experiment)"
        r"(?:" + _STOP + r"| (?:about|on|regarding|concerning)\b[^\n.!?:]{1,100}[!.]+(?=[\s*_]|$))",
    ),
    # "What a wonderful heirloom!", "The pesky water leak!": nothing is said of it yet.
    segment(
        "exclamation",
        "what",
        r"what (?:an? )?[\w'’-]+(?: [\w'’-]+){0,5}!(?=\s)",
    ),
    segment(
        "exclamation",
        "the a an",
        r"(?:the|an?)(?! (?:best|most|only|answer|first)\b)(?: (?!(?:is|are|was|were|has|have"
        r"|had|can|could"
        r"|will|would|should|must|do|does|did|you|your|we|our|i|it|they|isn|who|that|which"
        r"|says?|comes?"
        r"|makes?|needs?|goes|loves?)\b)[\w'’-]+){1,6}!(?=\s)",
    ),
    segment(
        "acknowledgement",
        "congratulations congrats",
        r"(?:congratulations|congrats)(?: (?:on|to|for)\b[^\n.!?]{1,100})?[.!]+(?=[\s*_]|$)",
    ),
    segment(
        "acknowledgement",
        "you've you’ve you",
        r"you(?:['’]ve| have) come to the right place\b[^\n.!?]{0,80}[.!]+(?=\s)",
    ),
    segment(
        "acknowledgement",
        "great perfect awesome excellent sounds",
        r"(?:great|perfect|awesome|excellent|sounds good)" + _END,
    ),
    segment(
        "acknowledgement",
        "i i'm i’m",
        r"i(?:['’]m| am) (?:so |really |very )?(?:glad|happy|excited|thrilled|delighted) "
        r"(?:you asked" + _STOP + r"|(?:that )?you(?:['’]re| are|['’]ve| have) [^\n.!?:]{3,160}"
        r"[.!]+(?=\s))",
    ),
    segment(
        "announcement",
        "here here's here’s below the following",
        _HERE + CLAUSE + r":(?=[\s*_]|$)",
        _HERE + r"[^\n:]{0,240}:(?=[ \t*_]*\n)",
        # Without a colon: a sentence that is a paragraph, or stands before a block.
        _HERE + " " + _NUMBERED +
        r"[^\n.!?]{0,240}[.!]?(?=[ \t]*\n(?:[ \t]*\n|[`{\[|#*\-\d\"]))",
    ),
    segment(
        "announcement",
        "the your a an one",
        # "The third verse goes like this:", "A possible translation would be:"
        r"(?=[^\n:.!?]{0,230}:[ \t*_]*\n)the\b[^\n:.!?]{0,160}\b(?:goes|reads"
        r"|looks?) (?:like this|as follows):(?=[ \t*_]*\n)",
        r"(?=[^\n:.!?]{0,230}:[ \t*_]*\n)(?:the|your|an?|one)\b[^\n:.!?]{0,60}\b(?:translation"
        r"|version|summary|equivalent"
        r"|paraphrase|correction|rewrite)\b[^\n:.!?]{0,160}\b(?:is|(?:w|c)ould be|can be):"
        r"(?=[ \t*_]*\n)",
        r"the following [a-z]+(?: [a-z]+)?? (?:is|are|contains?|shows?|lists?|gives?|provides?"
        r"|includes?|presents?|summari[sz]es?|describes?|outlines?)\b[^\n:]{0,200}:(?=\s*\n)",
    ),
    segment(
        "announcement",
        "this these",
        r"(?:this is|these are) (?:an?|the|my|your|one|some)\b[^\n:.]{0,120}:(?=[ \t*_]*\n)",
    ),
    segment(
        "announcement",
        "i i've i’ve",
        r"i(?:['’]ve| have) (?:now |just |also )?(?:created|written|rewritten|translated"
        r"|corrected"
        r"|revised|edited|generated|summari[sz]ed|compiled|prepared|put together|made|improved"
        r"|reversed|sorted|converted|extracted|listed)\b[^\n.!?:]{0,160}[:.](?=[ \t]*\n)",
    ),
    segment(
        "announcement",
        "let's let’s lets",
        # Before data or code only: elsewhere the thinking begins.
        r"let['’]?s [^\n.!?:]{0,100}[:.!](?=\s*(?:```|[{\[]))",
    ),
    segment(
        "promise",
        "i i'd i’d i'll i’ll i'm i’m let allow we",
        # A promise that turns ("but", "cannot") is none.
        r"(?:i['’]d|i would|i['’]ll|i will|i can|i['’]m|i am|let me|allow me|we can)(?: be)?"
        r"(?: now| certainly| gladly| definitely| more than| very)*+"
        r"(?: happy| glad| delighted| pleased| love| like| able)?(?: to)? " + _HELP + r"\b"
        r"(?![^\n.!:]{0,160}\b(?:but|however|unless|cannot|can't|unable|not|need|if|when)\b)"
        + _SENTENCE + r"(?:" + _END + r"|:(?=\s|$))",
    ),
    segment("promise", "happy", r"happy to help" + _STOP),
    segment(
        "promise",
        "well i i'll i’ll",
        r"(?:well,? )?(?:it['’]s [\w-]{3,20},? but )?(?:i['’]ll|i will) (?:try|do) (?:my best )?to "
        r"(?:explain|help|answer|describe|summari[sz]e)\b[^\n.!?:]{0,100}[.!]+(?=\s)",
    ),
    segment("disclaimer", "unfortunately", r"unfortunately,? i\b" + _CLAIMS),
    segment(
        "disclaimer",
        "as i i'm i’m oh well hello hi",
        r"(?:(?:i['’]m|i am) sorry,? (?:but )?|i apologi[sz]e,? (?:but )?|(?:oh|well|hello"
        r"|hi)[,!] )?"
        r"(?:as|i['’]m|i am)(?: just| only)? an? (?:[\w-]+ ){0,4}?(?:ai|assistant|model|chatbot"
        r"|machine|program)\b" + _CLAIMS,
    ),
    segment(
        "disclaimer",
        "i",
        r"i (?:do not|don['’]t)(?: actually| really)? have (?:any )?(?:personal|feelings"
        r"|opinions|emotions|preferences|subjective|real[- ]time|first-?hand)\b[^\n.!?]{0,160}?"
        r"(?:(?:,|;)? (?:but|however),? |[.!](?=\s)\s*(?:(?:however|that (?:being )?said"
        r"|but),? )?)",
    ),
    segment(
        "promise",
        "as",
        r"as an? (?:[\w-]+ ){0,4}?(?:ai|assistant|model|chatbot)(?: [\w-]+){0,2},? (?:i can"
        r"|i will|i['’]ll"
        r"|i['’]d be (?:happy|glad) to|i would be (?:happy|glad) to|i am (?:happy|able|here) to"
        r"|let me)(?: certainly| gladly)? " + _HELP + r"\b"
        r"(?![^\n.!:]{0,160}\b(?:but|however|unless|cannot|can't|unable|not|need|if|when)\b)"
        + _SENTENCE + r"(?:" + _END + r"|:(?=\s|$))",
    ),
    segment(
        "greeting",
        "hi hello hey greetings good",
        r"(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening))(?: there)?" + _STOP,
    ),
    segment("courtesy", "thanks thank", r"(?:thanks|thank you)\b" + _SENTENCE + _END),
    segment(
        "courtesy",
        "that's that’s that what",
        r"(?:that['’]s|that is|what) an? (?:great|good|excellent|interesting|tough)\b"
        + _SENTENCE + _END,
    ),
    segment(
        "courtesy",
        "you you're you’re",
        r"you(?:['’]re| are)(?: absolutely| completely)? (?:right|correct)" + _STOP,
    ),
    segment(
        "courtesy",
        "i i'm i’m my sorry apologies",
        r"(?:i['’]m sorry|i am sorry|my apologies|i apologi[sz]e|sorry|apologies)\b"
        + _SENTENCE + _END,
    ),
)  # fmt: skip

# An announcement that begins with anything, on a line of its own:
# "After reading the reviews, here are …:"
LED_UP = segment(
    "announcement",
    "",
    r"[a-z]+\b(?=[^\n:.!?]{0,200}\b(?:here (?:is|are)|here['’]s|below|as follows)\b)"
    + CLAUSE + r":(?=[ \t*_]*\n)",
)  # fmt: skip

LABEL = (
    r"(?:(?:so|therefore|thus|hence),? )?"
    r"(?:(?:the|my|your|final|correct) ){0,3}(?:[a-z-]{1,20} ){0,2}?"
    r"(?:answer|result|output|string|word|label|translation|solution|option|choice|category|class"
    r"|sentiment|number|value|response|reply)(?: (?:of|for|to) [^\n:.]{1,60}?)?"
    r"(?: (?:is|would be|becomes):?(?=\s)|[*_]{0,3}\s?[:：])[*_]{0,3}\s*"
    r"|(?:答え|回答|解答|正解|出力|結果|答案|结果|翻訳|翻译)\s?[：:]\s*"
)
"""What may stand before a bare answer: "Answer:", "The reversed string is", 「答え：」."""
