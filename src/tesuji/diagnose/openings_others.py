"""The commonest phrases with which answers open in Spanish, French, German, Portuguese, Italian,
Russian and Korean (see `openings`)."""

from __future__ import annotations

from tesuji.diagnose.segments import Segment, segment

OTHERS: tuple[Segment, ...] = (
    segment(
        "agreement",
        "claro por desde con bien certainement d'accord d’accord avec volontiers natürlich gern"
        " gerne selbstverständlich com certo certamente volentieri ma конечно разумеется хорошо"
        " 물론 물론입니다 물론이죠 물론이에요 알겠습니다 좋습니다",
        r"[¡¿]?(?:claro(?: que sí)?|por supuesto|desde luego|con gusto|con mucho gusto"
        r"|bien sûr|certainement|d['’]accord|avec plaisir|volontiers|natürlich|gerne?"
        r"|selbstverständlich|com certeza|claro que sim|certo|certamente|volentieri|ma certo"
        r"|конечно|разумеется|хорошо|물론(?:입니다|이죠|이에요)?|알겠습니다|좋습니다)"
        r"(?:\s?[!！.:]+|,)(?=\s|$)",
    ),
    segment(
        "announcement",
        "aquí a voici voilà ci hier nachfolgend im aqui segue seguem ecco di вот ниже"
        " 다음은 아래는 여기 아래에",
        r"[¡¿]?(?:aquí (?:te |le )?(?:tienes?|está|están|hay|presento|dejo|va)|a continuación"
        r"|voici|voilà|ci-dessous|hier (?:ist|sind|finden|hast|kommt)|nachfolgend|im folgenden"
        r"|aqui (?:está|estão|vai|tem)|a seguir|segue|seguem|ecco|di seguito|вот|ниже)\b"
        r"[^\n:]{0,200}:(?=\s)",
        r"voici\b[^\n:.!?]{0,160}(?=\n)",
        r"(?:다음은|아래는|여기|아래에)[^\n:.]{0,120}(?:입니다|있습니다|드립니다"
        r"|드리겠습니다)[.:](?=\s)",
    ),
    segment(
        "acknowledgement",
        "qué que buena excelente muy gran excellente très bonne quelle gute sehr interessante"
        " ótima"
        " boa bella ottima отличный хороший интересный 좋은 de",
        r"[¡]?(?:qué |que |quelle |muy |très |sehr |de )?(?:buena|excelente|gran|interesante"
        r"|excellente"
        r"|bonne|gute|ótima|boa|bella|ottima|отличный|хороший|интересный|좋은)"
        r"(?: (?:pregunta|question|frage|pergunta|domanda|вопрос|idea|idée|ideia|질문(?:입니다"
        r"|이에요|이네요)?))?"
        r"\s?[!！.]+(?=\s|$)",
    ),
    segment(
        "greeting",
        "hola bonjour salut hallo ciao olá oi привет здравствуйте 안녕하세요",
        r"[¡]?(?:hola|bonjour|salut|hallo|ciao|olá|oi|привет|здравствуйте|안녕하세요)"
        r"(?:\s?[!！.]+|,)(?=\s|$)",
    ),
    segment(
        "promise",
        "estaré estaría te le con je ich posso ti sarò я с",
        r"(?:(?:estaré|estaría) encantad[oa] de |je (?:serais|serai|suis) (?:ravie?|heureux"
        r"|heureuse) de "
        r"|ich helfe (?:ihnen|dir) gerne? |ich (?:kann|werde) (?:ihnen|dir) gerne? "
        r"|sarò felice di "
        r"|с удовольствием |я (?:с радостью|помогу|готов))[^\n.!?:]{0,160}(?:[.!]+|:)(?=\s|$)",
    ),
    segment(
        "disclaimer",
        "como en als come",
        r"(?:como (?:un |una )?(?:modelo|asistente|ia\b|inteligencia)|en tant qu(?:['’]"
        r"|e )(?:ia\b|assistant"
        r"|modèle|intelligence)|als (?:ki|künstliche|sprachmodell)|come (?:ia\b|modello"
        r"|assistente))"
        r"[^\n.!?]{0,200}[.,;]\s*(?:sin embargo|pero|cependant|mais|toutefois|jedoch|aber"
        r"|tuttavia|ma)\b,?",
    ),
)  # fmt: skip
