"""The phrases with which models close an answer, in English, Japanese, Chinese and some others.

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
kindly always more we choose pick select use note disclaimer keep
¿hay ¿te ¿le ¿en ¿necesitas ¿necesita ¿quieres ¿quiere ¿tienes ¿puedo
¿deseas ¿qué si se wenn falls если no não n'hésitez n’hésitez n'hésite n’hésite zögern non
не fique sinta-se обращайтесь lass lassen espero j'espère j’espère ich spero надеюсь viel
bonne buena ¡suerte suerte boa удачи bon
"""
FIRST_WORDS = frozenset(_FIRST_WORDS.split())
"""With one of these a closing unit begins, where words have spaces between them."""
HINTS = (
    "let me", "free to", "hesitate", "anything", "hope", "luck", "happy", "would you", "help",
    "i can ", "question", "assist", "glad", "have a ", "best wishes", "all the best", "enjoy",
    "you want", "do you", "shall i", "tell me", "welcome", "take care", "stay safe", "just ask",
    "want me", "your thoughts", "like me to", "just say", "here to", "safe travels", "cheers",
    "bye", "thank", "wish", "replace", "you can ", "just one", "some ", "a few", "you think", "dud",
    "hésite", "hesite", "zöger", "wissen", "esitare", "sapere", "стесня", "знать", "обращ",
    "vontade",
    "espero", "espère", "hoffe", "spero", "надеюсь", "erfolg", "chance", "suerte", "sorte", "удачи",
    "free to", "keep in mind", "note", "disclaimer", "hypothetical", "fictional", "adapt",
    "courage", "¿", "avísame", "dímelo", "saber", "remember", "shall we", "reach out",
)  # fmt: skip
"""A closing unit in English has one of these, in lower case."""
CJK_HINTS = re.compile(
    r"回答は|情報は|仅供|僅供|不构成|気軽|遠慮|質問|手伝い|幸い|参考|必要|希望|知らせ|ましょうか|ですか|"
    r"ますか|調整|修正|変更|以上|頑張|がんば|楽し|サポート|教えて|過ごし|祈|"
    r"応援|もし|詳し|お役|申し付け|喜んで|いつでも|何か|他に|を！|如果|如有|"
    r"若|随时|隨時|祝|欢迎|歡迎|需要|吗|嗎|告诉我|加油|根据|我会|帮助|"
    r"幫助|要是|召し上が"
)
"""A closing unit in Japanese or Chinese has one of these."""

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
    r"(?:customi[sz]e|adjust|modify|adapt|edit|tweak|personali[sz]e|revise|make (?:any )?(?:changes"
    r"|adjustments|edits|modifications))"
)


def _kind(kind: str, *alternatives: str) -> tuple[str, re.Pattern[str]]:
    lead = r"(?:(?:and|so|also|but|now|finally|lastly|again|overall|otherwise|anyway|please|well|ok"
    lead += r"|okay|in the meantime|as always|remember),? ){0,2}"
    return kind, re.compile(lead + "(?:" + "|".join(alternatives) + ")", re.IGNORECASE)


@cache
def english() -> Closings:
    """English closings, by kind, and the commonest of some other Latin and Cyrillic languages."""
    return (
        _kind(
            "edit",
            r"(?:you (?:can|may|could) |feel free to |i encourage you to )(?:always |also )?"
            + _EDIT + r"\b[^\n]{0,60}\b(?:this|it|the|as|to (?:fit|suit|match|your|better))\b",
            # "Choose the one that you like, or feel free to change it."
            r"(?:(?:choose|pick|select|use|try) [^\n]{0,80}?[,;]? (?:or|and) )?feel free to "
            + _EDIT + r"\b",
            r"(?:let me know|tell me)\b[^\n]{0,80}\b(?:changes?|adjust\w*|revisions?|edits?|revise"
            r"|modif\w+|tweaks?|shorter|longer|another version|different (?:tone|style|version))\b",
            r"(?:do|would) you (?:want|like) (?:me to|any|some) [^\n]{0,40}\b(?:adjust|change"
            r"|modify"
            r"|revis|tweak|tailor|shorten|expand|refine|edit)",
            r"(?:just )?(?:remember|make sure|be sure) to (?:replace|fill in|customi[sz]e)\b",
        ),
        _kind(
            "disclaimer",
            r"(?:please )?(?:note|remember|keep in mind|be aware)(?:,| that|:) (?:that )?(?:this"
            r"|the above|these|my|i['’]?m|i am|as an? ai)\b[^\n]{0,30}\b(?:answer|response"
            r"|information|list|suggestions?|an ai|(?:just|only|merely|not (?:a substitute|legal"
            r"|medical|financial|professional)|intended|based on|hypothetical|fictional))\b",
            r"(?:these|this|the) [^\n.]{1,40} (?:is|are) (?:purely |entirely |all )?(?:hypothetical"
            r"|fictional|made[- ]up|for illustrati\w+)\b",
            r"disclaimer:",
        ),
        _kind(
            "offer",
            r"(?:just |simply |do |kindly )?let (?:me|us) know\b(?! (?:that|you))",
            r"(?:just )?feel free to (?:ask|reach out|let (?:me|us) know|contact (?:me|us)|share"
            r"|provide|message|tell me|return|come back|respond|reply|request|inquire|follow up"
            r"|chat"
            r"|use (?:this|it|these)|give me|send|specify|clarify)\b" + _OTHERS,
            r"(?:please )?(?:don['’]?t|do not|never) hesitate to (?:ask|reach|contact|let|share"
            r"|request|inquire|tell|message|provide|send)\b" + _OTHERS,
            r"(?:is|was|are) there (?:anything|something|any|another|other|a (?:specific"
            r"|particular))\b[^\n]{0,100}\?",
            r"(?:what|how)(?: else)? (?:can|may|could|would|should) (?:i|we) (?:help|assist"
            r"|do for)\b",
            r"(?:what|how)(?: else)? would you like (?:me )?to (?:know|discuss|talk|explore|do|help"
            r"|learn)\b",
            r"(?:can|may|could|shall|should) i (?:help|assist|also|do anything|provide|clarify"
            r"|elaborate|be of)\b[^\n]{0,80}\?",
            r"(?:do )?you have any (?:other |more |further |additional |specific )?questions\b",
            r"(?:have )?any (?:other |more |further |additional )?questions\?",
            r"(?:would|do) you (?:like|want|need) (?:me to|more|further|additional|help|any|an?"
            r"|some|to (?:know|see|hear|explore|discuss|learn|continue|try|go|add|dive|delve|talk"
            r"|proceed))\b[^\n]{0,160}\?",
            r"(?:want|need) me to [^\n]{0,120}\?",
            r"shall (?:i|we) [^\n]{0,100}\?",
            r"(?:if|should|whenever|when|once|in case)\b (?:there(?:['’]s| is| are)|you|anything"
            r"|any|this|that)\b" + _GAP + r"\b" + _ME + _OTHERS,
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
            r"(?:i['’]m )?(?:always |more than )?(?:happy|glad) to (?:help|assist|elaborate|clarify"
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
            r"¿(?:hay|te|le|en qué|necesitas|necesita|quieres|quiere|tienes|puedo|deseas"
            r"|qué más)\b",
            r"(?:si|se|wenn|falls|если)\b" + _GAP + r"(?:no dud[ae]s?|avísame|dímelo|háznoslo"
            r"|házmelo"
            r"|n['’]hésite[zs]?|fique à vontade|não hesite|me avise|estou (?:aqui|à disposição)"
            r"|lass(?:en sie)? (?:es )?(?:mich|uns)|stehe ich|non esitare|fammi sapere|дайте знать"
            r"|не стесняйтесь|спрашивайте|обращайтесь|я (?:буду|готов|с радостью)|estaré|estoy aquí"
            r"|je (?:suis|serais|serai))",
            r"(?:no dud[ae]s?|não hesite|n['’]hésite[zs]?|zögern sie nicht|non esitare"
            r"|не стесняйтесь"
            r"|fique à vontade|sinta-se à vontade|обращайтесь|lass(?:en sie)? mich wissen)\b",
        ),
        _kind(
            "wish",
            r"(?:i )?(?:really |sincerely |do |truly |also )?hope (?:this|that|these|it"
            r"|my (?:answer"
            r"|response|suggestions?|explanation|advice)|i(?:['’]ve| have| could| was)|the (?:above"
            r"|information|explanation|answer|example|suggestions)|you(?:['’]ll)? (?:will )?(?:find"
            r"|enjoy\w*|like|love|have|found|got|get|feel))\b(?! will | the )",
            r"(?:good|best of) luck\b",
            r"(?:i )?wish(?:ing)? you\b",
            r"(?:best wishes|all the best)\b",
            r"happy (?:\w+ing|travels|trails|holidays)\b[^\n]{0,30}!",
            r"have (?:a|an) (?:great|nice|good|wonderful|fantastic|lovely|amazing|safe|pleasant"
            r"|fun|blessed|happy|excellent|beautiful)\b[^\n]{0,60}[!.]",
            r"(?:you(?:['’]re| are) (?:very |most )?welcome)\b",
            r"(?:stay safe|safe travels|take care)(?: and [^\n]{0,30})?[!.]",
            r"(?:enjoy your|enjoy the|enjoy this) [^\n.!]{1,40}!",
            r"(?:espero que (?:esto|te|le|isso|ajude|esta)|j['’]espère que|ich hoffe,? (?:das|dass"
            r"|diese|es|ihnen)|spero che|надеюсь,? (?:это|что|эт)|viel erfolg|bonne chance|buena"
            r" suerte|¡?suerte!|boa sorte|удачи|bon courage)\b",
        ),
        _kind(
            "soft",
            r"(?:thanks|thank you)\b[^\n]{0,60}$",
            r"(?:enjoy|cheers|bye|goodbye|best)[!.]",
            r"(?:this|these|the above|that)(?:['’]s| is| are) (?:just|only|merely) (?:one|an?|some"
            r"|a few)\b",
            r"if you have any (?:other |more |further |additional )?(?:questions"
            r"|requests)[^\n]{0,40}$",
        ),
    )  # fmt: skip


_ASK = (
    r"(?:(?:お|ご)?(?:知らせ|申し付け|申しつけ|尋ね|聞かせ|連絡|相談|声がけ|声掛け|声かけ|伝え"
    r"|質問|問い合わせ"
    r"|聞き|寄せ|書き込み|コメント|共有|提供|指示|確認|リクエスト)(?:して)?|教えて|おっしゃって"
    r"|言って|聞いて|話して)"
    r"(?:ください|下さい|いただ[けい]|頂け|くれれば|もらえ|くださ)"
)
_HELP = (
    r"(?:お手伝い|サポート|回答|お答え|対応|ご?提案|ご?説明|ご案内|お力に|お応え|アドバイス"
    r"|ご?紹介|作成|調整|修正"
    r"|変更|情報を?提供|詳しく)[^。！？\n]{0,24}(?:ます|ますよ|可能です|ましょうか|幸いです)"
)
_J = r"[^。！？\n]{0,80}?"


@cache
def cjk() -> Closings:
    """Japanese and Chinese closings, by kind."""
    return (
        _kind(
            "disclaimer",
            r"(?:注意?|注記|備考|免責事項?|※|补充|注释|備註|备注|请注意|請注意)?[\s:：※*、，]{0,4}(?:なお、)?"
            r"(?:この|本|上記の?|以上の?|此|本次|以上|上述)(?:回答|情報|内容|説明|信息|内容仅|建议|答案)"
            r"[^\n。]{0,60}(?:一般的|参考|あくまで|目的|異なる場合|仅供|僅供|不构成|不構成)",
        ),
        _kind(
            "edit",
            _J + r"(?:必要に応じて|ご自由に|自由に|状況に(?:応じて|合わせて)|お好みで|適宜)" + _J
            + r"(?:調整|変更|修正|カスタマイズ|アレンジ|編集|追記|書き換え|置き換え)" + _J
            + r"(?:可能です|できます|ください|下さい|ますので|いたします)",
            r"(?:必要に応じて|ご要望に応じて|ご希望(?:が|で)?あれば|必要であれば|必要なら)" + _J
            + r"(?:可能です|もできます|ができます|いたします)",
            _J + r"(?:修正|変更|調整)" + _J + r"(?:必要|ご希望|要望|あれば|したい)" + _J + _ASK,
            r"(?:您|你)?可以?(?:根据|根據)[^。！？\n]{0,30}(?:修改|调整|調整|更改)",
            r"(?:请|請)?(?:根据|根據)[^。！？\n]{0,30}(?:进行|進行|適當|适当"
            r"|自行)[^。！？\n]{0,10}(?:修改|调整|調整)",
        ),
        _kind(
            "offer",
            # Japanese
            _J + r"(?:お気軽に|気軽に|遠慮なく|遠慮せず|いつでも)" + _J
            + r"(?:ください|下さい|どうぞ|くださいませ|お待ちして|ます)",
            _J + r"(?:質問|不明|疑問|要望|リクエスト|知りたい|お困り|手伝い|サポート|ヘルプ|他に"
            r"|ほかに|もっと|さらに"
            r"|より詳し|追加の|詳細|具体的|希望|必要)" + _J + _ASK,
            r"(?:もし|また|その他|他に|ほかに|何か|さらに|具体的|より|ご|必要|詳し|追加|それ以外"
            r"|別の|よろしければ|興味)"
            + _J + r"(?:たら|れば|なら|場合は?|際は|でしたら|応じて)、?" + _J + _HELP,
            _J + r"(?:手伝い|サポート|力に)" + _J + r"(?:ありますか|ございますか|でしょうか"
            r"|ましょうか|できますか)",
            r"(?:他に|ほかに|何か|その他)" + _J + r"(?:ありますか|ございますか|でしょうか|ですか"
            r"|ありませんか)",
            _J + r"(?:ましょうか|(?:ご希望|興味|必要)(?:は|が|で)(?:あり|ござい"
            r"|す)[^。\n]{0,4}か)[？?。]?$",
            r"(?:喜んで|いつでも)" + _J + r"(?:手伝い|サポート|対応|お答え|回答)",
            # Chinese
            r"(?:如果?|若|假如|倘若|要是|当然|另外|當然)[^。！？\n]{0,80}?(?:随时|隨時|告诉我"
            r"|告訴我|联系我|聯[系繫]我"
            r"|问我|問我|我(?:会|會|很|可以|将|將|愿意|愿|都?能|非常|乐意|樂意|们会|也)|(?:请"
            r"|請)(?:提出|提供|继续|繼續"
            r"|告知|让我|讓我|再|您|直接|不吝)|不要犹豫|不要猶豫|尽管|儘管|别犹豫|不妨|欢迎|歡迎)",
            r"(?:请|請|您可以|你可以|可以)?(?:随时|隨時)(?:告诉|告訴|联系|聯|提问|提問|向我|问|問"
            r"|提出|与我|與我|咨询|为|為|都)",
            r"(?:请|請)?(?:告诉|告訴)我[，,]?(?:我|您|你|是否|如果)",
            r"(?:请问|請問)?(?:您|你)?(?:还|還)?(?:有|需要)(?:什么|什麼|其他|其它|任何|别的"
            r"|哪些)[^。？！\n]{0,30}(?:吗|嗎|么|"
            r"[？?])",
            r"(?:您|你)?(?:是否|需不需要|要不要)?(?:还|還)?(?:需要|想要|希望"
            r"|想让)我[^。？！\n]{0,40}(?:吗|嗎|[？?])",
            r"(?:欢迎|歡迎)(?:随时|隨時|继续|繼續|提问|提問|联系|您|你|向我)",
            r"我(?:会|會|将|將|很|随时|非常|都)[^。！？\n]{0,20}(?:帮助|幫助|解答|为您|為您|服务"
            r"|服務|协助|回答)[^。！\n]{0,12}$",
        ),
        _kind(
            "wish",
            _J + r"(?:参考|お?役|お力|助け|一助|ヒント)(?:に|と)(?:なれば|なりましたら|なりますと"
            r"|立てば|立てれば|立てましたら"
            r"|立ちましたら|なると|なれ|立て|立つ)" + _J + r"(?:幸い|嬉し|うれし|思い|願|祈)",
            _J + r"(?:参考|お役)(?:まで(?:に)?|に(?:して|なさって)(?:みて)?(?:ください|下さい))",
            r"(?:[^。！、\n]{0,20}、)?(?:頑張って|がんばって|応援して(?:い|お)|良い" + _J + r"を"
            r"|よい" + _J + r"を|素敵な" + _J
            + r"を)(?:ください|ね|ます|お過ごし|[！。!]|$)",
            r"(?:どうぞ|ぜひ|是非)?、?" + _J + r"(?:お楽しみ|楽しんで|お過ごし|召し上が(?:って"
            r"|り))(?:ください|下さい)",
            _J + r"(?:成功|幸運|健闘|ご多幸|合格|幸せ)を(?:心より|心から)?(?:お)?(?:祈|願)",
            r"以上(?:です|になります|となります)[。！]?$",
            r"(?:希望|愿|願)(?:以上|这|這|我的|上述|对|對|能|可以|您|你|本"
            r"|我)[^。！\n]{0,60}(?:帮助|幫助|有用|帮到|幫到|喜欢"
            r"|喜歡|满意|滿意|参考|參考|帮上|幫上|有所帮助|解答|有帮助|启发|有益|享受|顺利|愉快)",
            r"祝(?:您|你|大家)[^。！\n]{0,40}[。！!～~]?$",
            r"加油[！!]?$",
        ),
        _kind(
            "soft",
            r"(?:谢谢|謝謝|感谢|感謝)[^。！\n]{0,30}[。！!]?$",
            r"ありがとうございま(?:す|した)",
            r"よろしくお願い",
            r"(?:これら|以上|上記)は(?:あくまで|一例)",
        ),
    )  # fmt: skip
