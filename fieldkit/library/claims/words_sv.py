"""Words that turn, soften or restrict a statement in Swedish; data, no code."""

TEXT = """
MARKS: och är det som på av med inte ska måste till en ett den när för kan nej ja får efter bara
OTHER: observera, viktigt, obs
PURPOSE: för att undvika, för att inte, annars, så att inte, för att förhindra
NEED: nödvändig, nödvändigt, behöver, behövs, krävs, kräver, obligatorisk, obligatoriskt
HEDGE: gärna, helst, rekommenderas, om möjligt, lämpligen, vid behov
ONEONLY: bara en, bara ett, endast en, endast ett
MANY: flera, båda, alla tre, många, mer än en
ANY: vilken som helst, vem som helst, alla, varje
EVEN: även om, även när, även utan, oavsett, även vid
=x1: en gång
=x2: två gånger
=x3: tre gånger
+enable: aktiver*
-enable: inaktiver*, avaktiver*
+join: tillsammans, samtidigt
-join: separat*, var för sig
+new: ny, nya, nytt
-new: återanvänd*, gammal, gamla
+vertical: lodrätt, vertikal*
-vertical: vågrätt, horisontal*
+auto: automatisk*
-auto: manuell*
+damaged: skadad*
-damaged: oskadad*
USE: använd, använda, används, använder
INCLUDING: inklusive
NOT: inte, aldrig, ingen, inget, inga, förbjudet, förbjuden, undvik, varken, ej, icke,
  inte tillåtet, under inga omständigheter, omöjligt, ingenting, nej
WITHOUT: utan, fri från
MUST: måste, ska, skall, alltid, krävs, obligatorisk, obligatoriskt, nödvändigt, kräver,
  se till att
SHOULD: bör, borde
HEDGE: helst, om möjligt, rekommenderas, rekommenderat, rekommenderar, företrädesvis, idealt,
  lämpligen, valfritt, frivilligt, räcker, tillräckligt, tillrådligt, gärna, normalt, vanligtvis,
  vid behov, bäst att, fördel
MAY: får, tillåtet, tillåts, lov att
CAN: kan, möjligt
NEEDNOT: behöver inte, inte nödvändigt, inte obligatoriskt, krävs inte, onödigt, måste inte,
  behövs inte
ONLY: bara, endast, enbart, uteslutande, ingen annan än, förbehållet
NOTONLY: inte bara
UNLESS: såvida inte, om inte, utom, förutom
IF: om, ifall, förutsatt att, i händelse av, vid fara för
WHEN: när, bara när, endast när, varje gång
WHILE: medan, så länge, under drift
AFTER: efter att, efter, så snart, först när
BEFORE: innan, före
UNTIL: tills, ända tills
EVEN: även om, även när, även vid, oavsett, trots, när som helst, oberoende av, även utan,
  även med
BECAUSE: eftersom, så att, för att, annars
AND: och, samt
OR: eller
PRIOR: dessförinnan, innan dess
BUT: men, däremot, dock
THEN: sedan, därefter, slutligen, till sist, sen, och sedan
FIRST: först, till att börja med
MAX: högst, maximalt, maximal, maximum, max, upp till, inte mer än, inte överstiga,
  inte överskrida, under, mindre än, lägre än, inte över, kallare än, inte högre än, inom,
  kortare än, ej överstiga
MIN: minst, minimum, minimal, minimalt, inte mindre än, mer än, över, högre än, från, inte under,
  överstiger, överskrider, varmare än, längre än, större än, inte lägre än, överstiga
ABOUT: cirka, ungefär, ca, omkring
EVERY: varje, var, per
+open: öppn*, öppen, öppet, öppna
-open: stäng*, stängd*, stängs
+on: slå på, slås på, koppla på
-on: slå av, slås av, stäng av, stängs av
+tight: dra åt, dras åt, åtdragen
-tight: lossa*, lossas
+more: öka*, höj*
-more: sänk*, minska*
+left: vänster
-left: höger
+start: start*
-start: stopp*, stanna*
+start: igång, i drift, går
-start: står stilla, stillastående
+in: inomhus, inuti
-in: utomhus, utanför
+warm: varm*, het
-warm: kall*
+wet: våt*, fuktig*
-wet: torr*
+full: full*, fyll*
-full: tom, tomt, töm*
+connect: anslut*
-connect: koppla från, kopplas från
+fit: monter*, installer*
-fit: demonter*, ta bort, avlägsna*
+press: under tryck, trycksatt*
-press: trycklös*
END+on: på
END-on: av
RANGE: mellan
"""
