"""Words that everybody uses about everything, by language; data, no code.

They are looked for like all others, but that a passage lacks one says little: "why does it happen",
"what is wrong", "may I bring a colleague". What a manual writes about is not among them.
"""

from __future__ import annotations

from collections.abc import Mapping

_TEXTS = {
    "en": """
        able acceptable actually again ahead allow allowed along always anyway around available
        away back bad become begin behave best better big bring call called care carry cause
        certain change changed close colleague come comes contain correct correctly count different
        display displays due during each easily either else enough ever every everything exact
        exactly explain fine first fit fits full give gives good great happen happened happening
        happens hear help hold holds inside instead issue keep keeps kind know large last lasting
        lasts later least leave left less like list look looks main matter meet meets name named
        near never new next nice normal normally ok okay order people permitted person place point
        possible problem proper properly quick quickly ready real really receive recommended refer
        reports required result right same second set short similar simple single since sit sits
        small soon sort stand start state stay stays still stop suitable suppose sure swap talk
        tell think thing time today together tonight trouble try turn type understand unit usual
        usually want way well whole work worked working works worry wrong yet
        """,
    "de": """
        ablauf allgemein anfang anders ansonsten bekommen bekommt beginnt bereit besser bleiben
        bleibt brauche bringen dabei dauern dauert dazu eigentlich einfach einmal ende erlaubt
        ersetzen erst erste etwa falsch fertig fest finden fragen frei früh ganz gehen geht gehört
        genau genug gerade gern gilt gleich groß gut halten hält heute hilfe immer ist jemand jetzt
        klein kollege kommen kommt kurz lassen lässt legen leicht leute lieber liegen liegt machen
        menschen möglich nächste name neu nehmen nie normal nötig ordnung passen passiert person
        platz problem reicht richtig sache schlecht schließlich schnell sehen setzen sicher sieht
        sitzt sonst später sprechen stehen steht stelle stellen stimmt stück teil tun typ üblich
        ungefähr verstehen versuchen voll vorhanden wechseln weiß weiter wenig wichtig wissen
        ziehen zeit ziemlich zuerst zulässig zurück zusammen
        """,
    "es": """
        además ahora aparece apto bien bueno buscar cambia cambiar cambio compañero conseguir
        correcto correctamente coger cosa cualquier dar deja dejar derecho después diferente durar
        ejemplo encontrar encuentra encuentro entonces esperar exactamente existe fácil falta
        funciona funcionar gente grande gusta hora igual importante ir junto lado lista listo
        llamar llega llegar llevar luego lugar mal mantener manera mayor mejor menos mirar mismo
        modo momento mostrar nombre normal normalmente nuevo nunca ocurre pasa pasar pedir pequeño
        permitido persona poner posible primero problema próximo punto quedar querer quiero
        recomendado revisar saber siguiente solo suceder tarde tipo tomar trabajar trabajo tratar
        última último único unidad venir ver volver
        """,
    "fr": """
        aide aider ailleurs aller appelle apporter arrive arriver attendre autorisé besoin bien bon
        bonne bref changer change chercher chose collègue comprendre connaître correct correctement
        côté demander dernier différent droit durer dure encore endroit ensemble ensuite essayer
        exactement facile façon faux fin fois garder gens grand heure important indique jamais
        juste laisser liste lieu maintenant manière marche marcher mauvais meilleur mettre mieux
        moins moment montrer nécessaire nom normal normalement nouveau ordre parler passe passer
        penser permis personne petit place plutôt point possible premier prendre presque prêt
        problème prochain propre quitter recommandé recevoir rester reste retour savoir sens seul
        signaler sorte souvent suite suivant sûr tard temps tenir toujours travail travailler trop
        trouve trouver type unité venir vite voir vouloir vrai
        """,
    "no": """
        alltid anbefalt annen arbeid begynner best bort bra bry bytte bytt dag del direkte enkel
        fast feil ferdig fin finne finnes finner folk forskjellig forstå først full fungerer galt
        gang ganske gjelder god godt grunn hel helst hende hender hente hjelp hjelpe holde holder
        hos hvert igjen ikke inne jobb kalles kjenne klar kollega komme kommer kort la lett lik
        ligge ligger liste liten lite lov mangler mene mulig navn neste nok nødvendig normal
        normalt ny nytt ofte omtrent person plass prate problem prøve redd rett riktig rundt sammen
        samme sant se senere sette sikker siste sitter skjer skje slags snakke snart stor stort
        står stå svar sted stykk ta tar tid tillatt ting type under uten vanlig vanligvis varer
        vare vente vet vite velge vise virker ønsker
        """,
    "pt": """
        acha achar acontece acontecer agora ajuda ajudar antes aparece apenas assim bem bom boa
        certo certa chama chega chegar coisa colega conseguir correto corretamente dar deixa deixar
        depois diferente direito durar dura encontra encontrar então errado esperar exatamente
        existe fácil falta fica ficar forma funciona funcionar gente grande hora igual importante
        ir junto lado levar lista lugar maior mal maneira manter melhor menor menos modo momento
        mostrar mudar nome normal normalmente novo nunca olhar ordem parece passa passar pedir
        pequeno permitido pessoa pôr possível primeiro problema procurar pronto próximo quer quero
        recomendado responder saber seguinte sempre tarde tempo tentar tipo tomar trabalhar
        trabalho trazer trocar troca último unidade usual ver vez vir
        """,
    "da": """
        almindelig altid arbejde bedre bedst begynder betyder brug bruge burde bytte del direkte
        enkel fast fejl finde findes finder folk forkert forskellig forstå fungerer først færdig
        gang godt grund hedder hel hele helst hente hjælp hjælpe holde holder igen ikke inde kende
        klar kollega komme kort lade let ligge ligger lille liste lys mangler mulig navn ned normal
        normalt ny nyt nødvendig næste ofte omkring person plads problem prøve rigtig sammen samme
        se senere sidste sikker sidder sker slags snart spørge sted stor stort står svar sætte tage
        tid tilladt ting træk type tæt vente vide virker vælge ønsker
        """,
    "fi": """
        aika aina alkaa apu asia antaa auttaa ei ensimmäinen eri heti hyvä hyvin ihminen iso
        jatkaa jälleen kanssa katsoa kerta kertoa kestää kohta koko kuuluu kysymys laittaa lista
        loppu löytyy löytää lähellä mahdollinen mennä muuttaa nimi normaali normaalisti nopeasti
        nähdä oikea oikein ongelma osa ottaa paikka paras parempi pieni pitää puuttuu pysyä päivä
        riittää saada sama sallittu samanlainen seuraava suuri syy tapa tapahtuu tarvita tarvitsee
        tavallinen tehdä tieto tietää toimia toimii tulla tyyppi työ uusi vaihtaa valita valmis
        varma viimeinen voida väärin väärä yhdessä yleensä
        """,
    "it": """
        accade adatto adesso aiuto aiutare andare appare aspettare bene bisogna breve buono cambia
        cambiare capire cercare certo chiamare chiama collega cominciare corretto correttamente
        dare destra diverso durare dura esattamente esempio esiste facile finire funziona
        funzionare fuori gente giusto grande guardare importante indicare insieme intorno
        lasciare lavorare lavoro lista luogo maggiore male manca mantenere meglio meno
        mettere migliore minore modo momento mostrare necessario niente nome normale normalmente
        nuovo numero ordine parte passare permesso persona piccolo portare possibile posto prendere
        presto problema pronto proprio punto raccomandato rimanere rimane rispondere sapere
        sbagliato segnala seguente sempre serve servire solo spesso stesso subito succede tardi
        tempo tenere tipo trova trovare ultimo unico unità usare vedere venire vero vicino volere
        volta
        """,
    "nl": """
        aangeven aantal anders begin beginnen beginnt beste beter bezig bijna blijft blijven
        brengen collega controle controleren deel direct duren duurt echt eenvoudig eerst eerste
        einde fout ga gaat gebeurt gebeuren gebruik gebruikt gebruiken gelijk gemakkelijk genoeg
        geschikt gewoon goed groot grote halen helemaal helpen hetzelfde hoort houden hulp iemand
        iets juist juiste kijken klaar klein komen komt kort krijgen laat laatste laten later
        liggen ligt lijst lukt maken maakt mensen mogelijk naam nemen nieuw nieuwe nodig nooit
        normaal normale opnieuw orde persoon plaats plek precies probleem reden samen snel soms
        soort staan steeds stellen tijd toegestaan type vaak vandaag vast verandert verkeerd vinden
        vindt volgende vraag wachten weet werken werkt weten wijzigen willen zeggen zeker zetten
        zien zit zoeken
        """,
    "ro": """
        adevărat aduce afară aici ajunge ajuta ajutor apare apoi aproape aștepta bine bun bună
        caută cel chiar chema clar coleg corect dată deja departe destul diferit dimineață dori
        dreapta dura durează după exact exemplu există face facil fel ferm folosi funcționa
        funcționează găsesc găsi găsește greșit grup important indica începe încă întâmplă
        întotdeauna întreg jos lăsa lângă listă loc lucra lucru lung mare mereu merge mic moment
        motiv nevoie niciodată normal nou nume oameni oprit ordine parte permis persoană potrivit
        posibil primul problemă pune putea rămâne recomandat repede scurt schimba sigur simplu spune
        timp tip toată trebuie ultim unitate urmă următor vedea veni vrea vreau
        """,
    "ru": """
        брать быстро важно верно взять видеть вместе вопрос возможно время вроде всегда выбрать
        говорить готов давать дать делать дело день долго должен должна должно другой думать ждать
        знать значит иметь имя искать использовать легко лучше люди маленький меньше менять место
        минута много называется найти написать находится начало начать неправильно никогда новый
        нормально нормальный обычно обычный один ответ открыть первый перед плохо показать помощь
        помочь понять порядок последний почти правильно правильный проблема просто происходит
        пример разный разрешено ровно самый сделать сейчас сказать следующий слово случай случается
        смотреть снова сразу список способ ставить стоит тип требуется трудно узнать хватает хорошо
        хотеть целый часто человек часть
        """,
    "sv": """
        alltid annan arbeta arbete arbetar bara behöver behövs byta bra bättre bäst börjar del
        direkt enkel enkelt exakt fast fel finna finns folk fortsätta fungerar fungera färdig först
        första förstå ganska gång gäller gör helt heter hela hitta hittar hjälp hjälpa händer hålla
        håller hämta höger igen innan inne kalla kanske klar kollega komma kort kvar känna lagom
        lista liten lite låta lätt ligger ligga länge lämna lång människor måste möjlig möjligt
        namn normal normalt ny nytt nästa nödvändig nära ofta ordning person plats problem prova
        rekommenderas rätt riktig runt saknas samma samman se senare sista sitta sitter sker slags
        slut snabbt snart spelar stor stort står ställe ställa säga säker sätt sätta ta tar tid
        tillåtet ting typ vanlig vanligt vanligen vara varar veta vet visa visar välja vänta
        """,
    # Pairs of characters, as scripts without spaces are searched by (library/unspaced.py).
    "zh": """
        周期 间隔 種類 种类 类型 时间 時間
        时候 情况 问题 問題 要求 注意 步骤 作用 原因
        规定 一次 第一 我们 不能
        能否 正常 现在 出现 发生 进行 使用 办法
        名称 位置 东西
        """,
    "ja": """
        種類 時期 間隔 周期 時間 期間 場合 問題
        理由 原因 方法 手順 必要 使用 注意 最初 普通 名前 場所
        """,
    "ko": """
        주기 종류 시기 시간 기간 경우 문제 이유 원인 방법 순서 필요 사용 주의 처음 이름 위치 간격
        """,
}
EVERYDAY: Mapping[str, frozenset[str]] = {
    code: frozenset(text.split()) for code, text in _TEXTS.items()
}
