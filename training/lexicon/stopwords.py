"""Words of definitions that say nothing about the thing defined."""

STOP = frozenset(
    """
    a an the and or nor but not no of in on at to by for from with without into onto upon over under
    about above below between among through during before after against as is are was were be been
    being am do does did has have had having can could may might must shall should will would it
    its itself they them their theirs he him his she her hers one ones two three four first second
    some any many much more most few less least other others another each every all both either
    neither such same own so than too very just only also even then there here that this these
    those which who whom whose what when where why how if because while until up down out off
    again further once used use using usually often sometimes typically especially esp etc various
    several certain like kind type form part member genus family group set quality state act
    something someone somebody anything thing things person people relating related relate
    consisting consist made make making resembling similar called known common commonly found
    contain containing contains give given giving take taken taking held hold holding place placed
    put serve serves serving served order particular general generally large small long short great
    big little high low old new different capable able considered way means purpose number amount
    numerous order usu whether toward towards along around near within per
    """.split()  # noqa: SIM905
)
