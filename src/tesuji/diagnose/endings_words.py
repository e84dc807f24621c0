"""Words by where in a sentence they stand.

Function words end none, or a question, a command, a phrasal verb. Of the other words some stand
seldom at an end: adjectives before nouns, verbs before their objects, adverbs. Those listed here
were counted in 42,246 English sentences of 512 models: they came 80 times or more, and their odds
of being a sentence's last word were less than four tenths of the average word's. On 8,695
sentences of other models one in 24 ended with such a word; of cuts at random, function words
apart, one in 4 did.
"""

from __future__ import annotations

import re

_FUNCTION_WORDS = """\
the a an of and or to my your our their its his is are was were be been being because than
that which who whose if when while although though such as with for from by into onto upon
between among at but nor so has have had will would should can could may might must not very
this these those every each both either neither including like through during about against
i we they he she there also where what how on in until unless since whether just only even
el la los las un una unos unas de del que y o en con para por se su sus como al lo es son le
les des du et ou dans pour sur avec qui une est sont aux au ce cette der die das den dem des
ein eine einen einem und oder zu mit für von auf ist sind im am als dass o os as um uma e do
da dos das em no na com é são il gli di che per con della dei и в на с не что как для из по
к от это или но а у за при más muy pero sin sobre entre cuando donde sus esta este ese esa
desde hasta también porque sino mais ses leur leurs cette comme plus très sans entre vers où
behind within without across along any some more other you're we're they're i'm you'll we'll
they'll it'll don't can't doesn't
"""
FUNCTION = frozenset(_FUNCTION_WORDS.split())
# May end a question, a command or a phrasal verb ("log in", "what it is for"): not alone.
_WEAK_WORDS = """\
on in by at to for with from about up out off over as is are was were so it not such can
will like just only even this that these those when how what where who be been i we they he
she also do has have had may could would should there e o a no se es au am im des los
más sin sobre esta este ese esa también plus mais entre où behind within without across along
any some more other don't can't doesn't
"""
WEAK = frozenset(_WEAK_WORDS.split())
_SELDOM_LAST_WORDS = """\
global various several additional avoid depending give multiple leading providing include based
ensuring digital able artificial reduce involve named allowing increased continue specific quantum
historical ensure likely under associated personal influenced certain compared makes having
potentially particularly takes local never reducing identify main simply promote get financial
allows starting final provide cannot allow generally due adding entire often highly international
causing finding typically find regular promoting resulting making few physical national let many
visual new especially looking believe played religious usually affect towards still require make
involves less lead maintaining prevent calculate generate includes known designed critical existing
ancient scientific current following creating natural basic rather adjust lower traditional most
bring throughout little seems contribute lack take depends navigate related trying create became
simple important called proper always encourage comes technological technical european actually
american keep offering great popular helps taking ethical diverse remaining specifically using
public modern build environmental original provides protect came maintain political determine
requires seeking filled enhance single particular mental responsible common interested help major
standard similar increasing consider then comprehensive greater offers led solar began respond
engage separate need ensures contain improve vibrant relevant want becomes native cultural complex
considered exploring social emotional developing given connect powerful remove capture beautiful
achieve perform advanced increase unique cause significant handle essential manage choose vary
different considering economic legal running valuable developed rich develop located vast crucial
already large positive special significantly explore appropriate daily produce successful
"""
SELDOM_LAST = frozenset(_SELDOM_LAST_WORDS.split())
# Plurals and nouns of some kinds, and words that round off.
_OFTEN_LAST = re.compile(
    r"(?:\w{2,}[^sui\W]s|\w{2,}ty|\w{3,}ion|well|too|it|all|else|today|again|etc|life|time"
    r"|needed|now"
    r"|there|together|here|alone|fast|free|world|line|way|work|well-being|us|them|me|soon|one"
    r"|anymore"
    r"|instead|so|best|open|debate|first|accordingly|life|day|you|etcetera)"
)


def often_last(word: str) -> bool:
    """Whether sentences often end with the word, in lower case."""
    return word not in SELDOM_LAST and _OFTEN_LAST.fullmatch(word) is not None
