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
        hows im isn isnt ive ll shouldn shouldnt thats theres ve wasn wasnt weren werent wheres
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
