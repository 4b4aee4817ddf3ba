"""Words that turn, soften or restrict a statement in Danish; data, no code."""

TEXT = """
MARKS: og er det som på af med ikke skal må til en et den når for kan nej ja efter kun hvis
OTHER: bemærk, vigtigt, obs
PURPOSE: for at undgå, for ikke at, ellers, så ikke, for at hindre
NEED: nødvendig, nødvendigt, behøver, kræves, kræver, påkrævet, obligatorisk
HEDGE: gerne, helst, anbefales, om muligt, ved behov
ONEONLY: kun en, kun et, kun én, bare en
MANY: flere, begge, alle tre, mange
ANY: enhver, hvem som helst, alle, hvilken som helst
EVEN: selv om, selv når, også når, uanset, også uden
=x1: en gang, én gang
=x2: to gange
=x3: tre gange
+enable: aktiver*
-enable: deaktiver*
+join: sammen, samtidig
-join: separat*, hver for sig
+new: ny, nye, nyt
-new: genbrug*, gammel, gamle
+auto: automatisk*
-auto: manuel*
+damaged: beskadiget*
-damaged: ubeskadiget*
USE: brug, bruge, bruges, brugt, anvend, anvendes
INCLUDING: inklusive
NOT: ikke, aldrig, ingen, intet, forbudt, undgå, hverken, ej, ikke tilladt, umuligt, ingenting,
  under ingen omstændigheder, nej
WITHOUT: uden, fri for
MUST: skal, altid, påkrævet, obligatorisk, nødvendigt, kræves, kræver, sørg for
SHOULD: bør, burde
HEDGE: helst, om muligt, hvis muligt, anbefales, anbefalet, anbefaler, fortrinsvis, ideelt,
  valgfrit, frivilligt, tilstrækkeligt, det er nok, gerne, normalt, som regel, bedst at,
  tilrådeligt
MAY: må, tilladt, lov til
CAN: kan, muligt
NEEDNOT: behøver ikke, ikke nødvendigt, ikke påkrævet, skal ikke nødvendigvis, unødvendigt,
  kræves ikke, ikke obligatorisk
ONLY: kun, udelukkende, bare, ingen andre end, forbeholdt
NOTONLY: ikke kun, ikke bare
UNLESS: medmindre, undtagen, bortset fra
IF: hvis, såfremt, i tilfælde af, forudsat at, ved fare for
WHEN: når, kun når, kun hvis, hver gang
WHILE: mens, så længe, under drift
AFTER: efter at, efter, så snart, først når, når du har
BEFORE: før, inden, forud for
UNTIL: indtil, til, før end
EVEN: selv om, selvom, selv når, også når, selv ved, uanset, trods, når som helst, selv uden,
  selv med
BECAUSE: fordi, så, for at, ellers
AND: og, samt
OR: eller
PRIOR: forinden, inden da
BUT: men, derimod, dog
THEN: derefter, herefter, bagefter, til sidst, og så, dernæst
FIRST: først, til at begynde med
MAX: højst, maksimalt, maksimal, maksimum, maks, op til, ikke mere end, ikke overstige,
  ikke overskride, under, mindre end, lavere end, ikke over, koldere end, ikke højere end,
  inden for
MIN: mindst, minimum, minimal, minimalt, ikke mindre end, mere end, over, højere end, fra,
  ikke under, overstiger, overskrider, varmere end, længere end, større end, ikke lavere end
ABOUT: cirka, omkring, ca
EVERY: hver, hvert, per
+open: åbn*, åben, åbent
-open: luk*, lukket*
+on: tænd*
-on: sluk*
+tight: spænd*, tilspænd*
-tight: løsn*
+more: øg*, hæv*, forøg*
-more: sænk*, reducer*, mindsk*
+left: venstre
-left: højre
+start: start*
-start: stop*, stands*
+start: kører, i drift, i gang
-start: står stille, stilstand, stillestående
+in: inde, indendørs
-in: ude, udendørs, uden for
+warm: varm*
-warm: kold*
+wet: våd*, fugtig*
-wet: tør, tørt, tørre
+full: fuld*, fyld*
-full: tom, tomt, tøm*
+connect: tilslut*
-connect: frakobl*
+fit: monter*
-fit: demonter*, fjern*
+press: under tryk
-press: trykløs*
END+on: til
END-on: fra
RANGE: mellem
"""
