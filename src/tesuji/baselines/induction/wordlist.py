"""Common English words of stories, to fall back on where no list of expected words is given."""

from __future__ import annotations

_WORDS = """
a an the and but for nor yet so of to in on at by with from into over under near inside outside
above below behind beside between beyond through across along around before after against among
beneath toward within without upon about is was are be has had can will may he she it they we you
his her its their our my me him them us this that these those who what when where why how all any
some each every no not one two three four five six seven eight nine ten first last
king queen prince princess knight wizard witch dragon castle palace tower castle forest garden
mountain valley river lake ocean sea island village town city kingdom cave bridge road path door
gate window key map book story tale song letter message secret mystery puzzle riddle treasure gold
silver crystal stone crown ring sword shield potion spell magic mirror lamp candle fire water wind
rain snow storm cloud star moon sun sky night day morning evening dream shadow light school library
market house home room table chair tree flower leaf rose apple bread cake tea cup hat clock
teacher student child children boy girl man woman mother father sister brother friend baker farmer
hunter sailor soldier captain pirate merchant doctor nurse artist singer dancer writer poet judge
cat dog mouse rat rabbit hare fox wolf bear lion tiger horse cow pig sheep goat bird owl crow raven
eagle duck hen frog toad turtle snake fish whale bee ant butterfly spider unicorn giant elf dwarf
fairy ghost monster angel turtle caterpillar
ancient bright brave clever wise curious dark light golden hidden lost magical mysterious strange
silent quiet loud happy sad young old new big small little tall short long deep high low fast slow
strong weak rich poor good bad kind cruel gentle wild tame hot cold warm cool wet dry sweet bitter
red blue green yellow black white grey brown purple pink great beautiful lovely pretty ugly
find finds found discover discovers discovered explore explores explored search searches see sees
saw look looks watch watches watched read reads write writes wrote draw draws drew paint paints
sing sings sang dance dances run runs ran walk walks walked fly flies flew swim swims chase chases
chased follow follows followed lead leads create creates created build builds built make makes made
break breaks open opens opened close closes closed teach teaches taught learn learns study studies
studied know knows think thinks imagine imagines imagined dream dreams remember remembers forget
tell tells told say says said speak speaks ask asks answer answers hear hears listen listens
give gives gave take takes took keep keeps kept hide hides hold holds bring brings send sends
meet meets love loves like likes hate hates fear fears help helps save saves protect protects guard
guards fight fights win wins lose loses play plays sleep sleeps wake wakes eat eats drink drinks
grow grows fall falls rise rises wait waits stay stays leave leaves return returns come comes came
go goes went enter enters live lives die dies travel travels solve solves reveal reveals
"""
COMMON = frozenset(_WORDS.split())
