"""Words that carry no content in a question to a manual, by language; data, no code.

Each list holds articles, prepositions, pronouns, auxiliaries, and how people ask. A word that could
name a thing or a state (``on``, ``low``) is left out where leaving it in would cost a page.
"""

from __future__ import annotations

from collections.abc import Mapping

_TEXTS = {
    "en": """
        a about after all also am an and any anybody anyone anything are as at be been before
        being between both but by can cannot could did do does doing done for from get gets give
        go goes got had has have having he her here him his how i if in into is it its just let
        long make makes many may me mean means might mine more much must my need needs no nor not
        now of off often on once one only or other our out over own please put say says see shall
        she should show shows so some somebody someone something still such take takes tell than
        that the their them then there these they this those through to too under until up us use
        used uses using very was way we were what whats when where whether which while who whom
        whose why will with within without would you your
        aint aren arent couldn couldnt didn didnt doesn doesnt don dont hasn hasnt haven havent
        hows im isn isnt ive shouldn shouldnt thats theres wasn wasnt weren werent wheres
        won wont wouldn wouldnt youre
        """,
    "de": """
        ab aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim
        bevor bin bis bitte braucht brauche brauchen da damit dann das dass dein dem den denn der
        des dessen die dies diese diesem diesen dieser dieses doch dort du durch darf dürfen ein
        eine einem einen einer eines er es etwas euch euer finde findet für gegen gib gibt gilt
        geben haben habe hat hatte hier ich ihm ihn ihr ihre im in ins ist ja jede jeden jeder jedes
        kann kannst kein keine können lange machen mache macht man mehr mein meine mich mir mit muss
        müssen nach nicht nichts noch nun nur ob oder oft ohne sag sagt sehr sein seine seinen
        selbst sich sie sind so soll sollen sollte über um und uns unser unter viel viele vom von
        vor wann war waren warum was weil welche welchem welchen welcher welches wenn wer werde
        werden wessen wie wieder wieviel wird wir wo wofür wohin womit worden wurde zeig zeigt zu
        zum zur zwischen bedeutet heißt
        """,
    "es": """
        a al algo algún alguna alguno algunos ante antes aquí así aún aunque cada como cómo con
        contra cual cuál cuales cuáles cuando cuándo cuánta cuántas cuanto cuánto cuántos cuánta da
        dame de debe deben debería debo decir del desde después dice dime donde dónde dos durante e
        el él ella ellas ellos en entre era es esa esas ese eso esos esta está están estas este esto
        estos favor fue ha haber había hace hacen hacer hacia hago han hasta hay he la las le les lo
        los más me mi mis mucho muestra muy nada necesita necesito ni no nos nosotros nuestra
        nuestro o os otra otro otros para pero poco por porque puede pueden puedo que qué quién
        quien quienes sabe se según ser si sí sido siempre significa sin sobre son soy su sus
        también tan tanto te tengo tiene tienen toda todas todo todos tu tus un una unas uno unos
        usa usar usted va ver vez y ya yo
        """,
    "fr": """
        a ai ainsi alors après as au aucun aucune aussi autre autres aux avant avec avoir c ça car
        ce ceci cela celle celles celui ces cet cette ceux chaque chez combien comme comment d dans
        de depuis des deux dire dis dit doit doivent dois donc donne donner du dès elle elles en
        encore entre es est et étaient était été être eu eux fait faire faut il ils j je jusqu
        jusque l la laquelle le lequel les lesquels leur leurs lui là m ma mais me même mes moi mon
        montre n ne ni non nos notre nous on ont or ou où par parce pas pendant peut peuvent peux
        plus pour pourquoi puis qu quand que quel quelle quelles quels qui quoi s sa sans se sera
        ses si signifie sinon soit son sont sous sur ta te tes toi ton tous tout toute toutes très
        tu un une utilise utiliser va vais veut vos votre vous vers y
        """,
    "no": """
        af alle alt andre at av avhengig bare ble bli blir bruk bruke bruker da de deg dei dem den
        denne der dere deres det dette di din disse dit dro du dykk eg ei ein eit eller en enn er et
        etter for fordi fra få får før gi gir gjør gjøre gjer gjere ha hadde han hans har hen henne
        her hun hva hvem hver hvilke hvilken hvilket hvis hvor hvordan hvorfor i ikke ikkje inn ja
        jeg kan kom korleis kva kven kvar kor kvifor kunne lang lenge man mange med meg mellom men
        mer mi min mitt mot mye må måtte ned nei noe noen nokon noko når nå og også om opp oss over
        på så seg selv si sier sin sitt skal skulle som til trenger under ut uten var ved vi viser
        vil ville vis vår være vært å betyr
        """,
    "pt": """
        a à ao aos aquela aquele aquilo as às até cada com como da dá das de dela dele deles depois
        deve devem devo diga diz do dos durante e é ela elas ele eles em entre era essa essas esse
        esses esta está estão estas este estes eu favor faz fazem fazer faço foi foram há isso isto
        já lhe lhes mais mas me mesmo meu meus minha minhas mostra mostre muito muita na nas nem no
        nos nós nossa nosso num numa o onde os ou outra outro para pela pelas pelo pelos pode podem
        por porque posso preciso precisa qual quais quando quanta quantas quanto quantos que quê
        quem se sem ser será seu seus significa só sob sobre sua suas são também tanto te tem têm
        tenho ter teu tu tua um uma umas uns usa usar usado vai você vocês
        """,
    "da": """
        af al alle alt andet andre at bare begge blev blive bliver burde bør da de dem den denne der
        deres derfor det dette dig din disse dog du eller en end er et efter få får for fordi fra
        før ganske gør gøre ham han har have havde hen hende her hos hun hvad hvem hver hvilke
        hvilken hvilket hvis hvor hvordan hvorfor hvornår i ikke ind ja jeg kan kom kommer kunne
        lige man mange med meget mellem men mens mere mig min mod må nej ned noget nogen nogle nu
        når og også om op os over på samt se selv sig sin sine skal skulle som til ud uden under
        vare var ved vi vil ville vis vist være været ét
        """,
    "fi": """
        ja on ei en et emme ette eivät ole oli olla olen olet olemme olette ovat olivat ollut se ne
        sen sitä siitä siihen sille sillä niiden niitä niistä tämä tämän tätä tässä tästä nämä
        näiden tuo tuon minä sinä hän me te he minun sinun hänen meidän teidän mikä mitä minkä
        missä mistä mihin milloin miten miksi kuinka kuka kenen mutta tai eli vai että jos kun kuin
        koska sekä myös vain vielä jo nyt sitten siis joka jotka jonka jota josta jossa johon
        voi voiko voit voidaan voin pitää tulee täytyy kanssa ilman ennen jälkeen aikana mukaan
        paljonko monta usein kaikki ovatko onko saa saako niin näin täällä siellä
        """,
    "it": """
        a ad al alla alle allo ai agli anche ancora avere aveva bene c che chi ci cioè come con
        così cosa cui d da dal dalla dalle dallo dai dagli dei degli del della delle dello deve
        devo devono di dice dire dopo dove dovrebbe due e è ed era essere fa faccio fare fino fra
        già gli ha hanno ho i il in io l la le lei li lo loro ma me mi mia mio mentre molto ne
        negli nei nel nella nelle nello no noi non nostro o ogni ognuno oppure per perché però più
        poi posso può possono prima qual quale quali quando quanta quante quanti quanto quella
        quelle quelli quello quel questa queste questi questo qui s sarà se sei senza si sia sono
        sopra sotto sta stato su sua sue sugli sui sul sulla sulle sullo suo suoi te tra tu tua tuo
        tutta tutte tutti tutto un una uno va vengono viene voi
        """,
    "nl": """
        aan al alle alleen als altijd andere ben bij bent daar dan dat de deze die dit doe doen
        doet door dus een eens en er gaan geen geven haar had hebben hebt heb heeft hem het hier hij
        hoe hun ik in indien is ja je jij jullie kan kunnen kunt maar mag meer men met mij mijn moet
        moeten mogen na naar niet niets nog nu of om omdat onder ons onze ook op over staat te
        tegen tijdens tot tussen u uit uw van veel vind voor waar waarom waarmee waarop wanneer
        was wat we welk welke werd wie wij wil wordt worden zal ze zelf zich zij zijn zo zonder
        zou zullen
        """,
    "ro": """
        a ai al ale am ar are aceasta această acest acesta aceste acestea acestor acestui
        acolo acum aici alt alta alte altul atunci au avea avem aveți ca că când care ce cel cea cei
        cele cine cu cum cât câte câți câtă da dacă dar de deci deși despre din după ea ei el ele
        este eu fi fie fiecare fost fără iar în înainte între îi își la le lor lui mai mult multe
        ne nici niște noi nu o ori pe pentru poate pot prin până sa sale sau se sunt său să sub
        sunteți tot toate un una unde unei unor unui va vor voi și
        """,
    "ru": """
        а без более больше будет будут бы был была были было быть в вам вас весь во вот все всего
        всех вы где да для до его ее если есть еще же за здесь и из или им их к как какая какие
        какой какое каком когда которая которого которые который кто ли мне может можно мой мы на
        над надо нас не него нет ни но ну нужно о об он она они оно от очень по под после при с
        сам свой себя сколько со так также такой там те тем то того тоже только том тот ту ты у уже
        чего чем через что чтобы эта эти это этого этой этот я почему зачем куда откуда
        """,
    "sv": """
        alla allt andra att av bara bli blir blev bör de dem den denna deras dess dessa det detta
        dig din dina ditt du då där efter eller en er ett från får för före genom gör göra ha hade
        han har hon honom hos hur här hög i in inga ingen inte jag kan kom kunde man med mellan men
        mer mig min mitt mot mycket måste många ni nu någon något några när och också om oss på
        samt sedan sig sin sina sitt ska skall skulle som så sådan till under upp ut utan vad var
        varför vara varit varje vem vi vid vilka vilken vilket vill än är åt över
        """,
}
STOP_WORDS: Mapping[str, frozenset[str]] = {
    code: frozenset(text.split()) for code, text in _TEXTS.items()
}

# Words that point back at what was talked about.
_POINTING = {
    "en": "it its that them they their this these those one ones there same",
    "de": "er sie es ihn ihm ihr das dies diese dieser dieses dort davon damit",
    "es": "eso esto ese esa esos esas este esta lo ella ello allí mismo",
    "fr": "il elle ils elles ça cela ceci celui celle ceux lui leur même",
    "no": "den det denne dette disse dem de der samme",
    "pt": "isso isto esse essa esses essas este esta ele ela eles elas mesmo",
}
POINTING: Mapping[str, frozenset[str]] = {
    code: frozenset(text.split()) for code, text in _POINTING.items()
}
# How a question begins that goes on about what was asked before it.
OPENINGS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "en": (("and",), ("what", "about"), ("how", "about")),
    "de": (("und",), ("was", "ist", "mit"), ("wie", "ist", "es", "mit"), ("wie", "steht", "es")),
    "es": (("y",), ("qué", "hay"), ("que", "hay"), ("qué", "tal"), ("qué", "pasa", "con")),
    "fr": (("et",), ("qu", "en", "est"), ("quid",)),
    "no": (("og",), ("hva", "med"), ("kva", "med")),
    "pt": (("e",), ("que", "tal")),
}
# How people ask, and the nouns that manuals answer with.
ALSO: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "biggest": ("maximum",),
        "broken": ("fault", "damaged"),
        "cold": ("temperature",),
        "deep": ("depth",),
        "error": ("fault",),
        "fast": ("speed",),
        "heavy": ("weight",),
        "highest": ("maximum",),
        "hot": ("temperature",),
        "largest": ("maximum",),
        "loud": ("noise",),
        "lowest": ("minimum",),
        "max": ("maximum",),
        "min": ("minimum",),
        "most": ("maximum",),
        "noisy": ("noise",),
        "smallest": ("minimum",),
        "tight": ("tightened", "torque"),
        "warm": ("temperature",),
    },
    "de": {
        "defekt": ("störung", "fehler"),
        "fehler": ("störung",),
        "fest": ("anzugsmoment", "drehmoment"),
        "heiß": ("temperatur",),
        "höchste": ("maximal", "maximaler", "maximum"),
        "höchster": ("maximal", "maximaler", "maximum"),
        "kalt": ("temperatur",),
        "laut": ("lärm", "schallpegel"),
        "max": ("maximal", "maximum"),
        "min": ("minimal", "minimum"),
        "schnell": ("drehzahl", "geschwindigkeit"),
        "schwer": ("gewicht",),
        "tief": ("tiefe",),
        "warm": ("temperatur",),
    },
    "es": {
        "caliente": ("temperatura",),
        "error": ("fallo", "falla"),
        "fallo": ("falla", "avería"),
        "máx": ("máximo", "máxima"),
        "mín": ("mínimo", "mínima"),
        "pesa": ("peso",),
        "profundo": ("profundidad",),
        "rápido": ("velocidad",),
    },
    "fr": {
        "chaud": ("température",),
        "erreur": ("défaut",),
        "lourd": ("poids",),
        "max": ("maximal", "maximum"),
        "panne": ("défaut",),
        "profond": ("profondeur",),
        "vite": ("vitesse",),
    },
    "no": {
        "dyp": ("dybde",),
        "dypt": ("dybde",),
        "feil": ("alarm",),
        "fort": ("hastighet",),
        "høyest": ("maksimum", "maksimal"),
        "maks": ("maksimum", "maksimal"),
        "tung": ("vekt",),
        "varm": ("temperatur",),
    },
    "pt": {
        "erro": ("falha",),
        "fundo": ("profundidade",),
        "máx": ("máximo", "máxima"),
        "pesa": ("peso",),
        "quente": ("temperatura",),
        "rápido": ("velocidade",),
    },
}
