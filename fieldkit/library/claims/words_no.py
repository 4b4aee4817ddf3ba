"""Words that turn, soften or restrict a statement in Norwegian; data, no code."""

TEXT = """
MARKS: og er det som på av med ikke skal må til en et den når for kan nei ja deg jeg etter bare
  opp
OTHER: fra da av, deretter hver
OTHER: merk, obs, advarsel, viktig, for hånd
PURPOSE: for å unngå, for ikke å, slik at ikke, ellers, for å hindre, slik at det ikke, så det ikke
NEED: nødvendig, trenger, trengs, påkrevd, kreves, krever, behøver, behøves, påbudt, obligatorisk,
  pålagt, nødt til, er nødt til, behov for
NEEDNOT: kan sløyfes, kan utelates, unødvendig, overflødig, kan droppes, trenger ikke, behøver ikke
HEDGE: gjerne, helst, anbefales, det anbefales, anbefalt, det lønner seg, om mulig, hvis mulig,
  hvis du vil, om du vil, om ønskelig, ved behov, etter ønske, valgfritt, lurt, det er lurt,
  best om, ideelt sett, fortrinnsvis, det er en god idé, med fordel
ONEONLY: bare en, bare ett, bare én, kun en, kun ett, kun én, en enkelt, ett enkelt, høyst en
MANY: flere, alle tre, alle fire, begge, mange, mer enn en, mer enn én, mer enn ett
ANY: enhver, alle, hvilken som helst, hvilket som helst, hvilke som helst, ethvert, alle som vil
EVEN: selv om, selv når, selv med, selv uten, selv under, også når, også om, også uten, også med,
  også under, uansett, uavhengig av, når som helst, til tross for, i alle tilfeller
=x1: en gang i, én gang i, en gang per, én gang per, én gang, en gang
=x2: to ganger
=x3: tre ganger
+begin: i begynnelsen, i starten, den første
-begin: den siste, på slutten
+enable: aktiver*, aktivert, slå på, koble inn
-enable: deaktiver*, inaktiv*, sperret
+join: sammen, samtidig
-join: hver for seg, separat*, adskilt, atskilt
+new: ny, nye, nytt
-new: gjenbruk*, gammel, gamle, brukte
+visible: synlig*
-visible: skjult*, usynlig*
+vertical: loddrett*, vertikal*
-vertical: vannrett*, horisontal*
+inlet: inngang*, innløp*
-inlet: utgang*, utløp*
+series: i serie
-series: i parallell, parallelt
+auto: automatisk*
-auto: manuelt, for hånd, manuell
+near: nær, i nærheten, ved siden av, nær ved
-near: langt fra, unna, borte fra
+lit: lyser, tennes
-lit: slukkes, slukner, slukket
+charge: lade, lades, ladet, lad
-charge: utlad*, lades ut
+damaged: skadet*, skadd*, defekt*, ødelagt*
-damaged: uskadd*, uskadet*, hel, hele
+trained: autorisert*, kvalifisert*, opplært*, fagfolk, faglært*
-trained: ufaglært*, uautorisert*, ukvalifisert*
+cover: tildekket*, dekket*
-cover: utildekket*
+insul: isolert*
-insul: uisolert*
+fast: raskt, rask, hurtig*, fort
-fast: langsomt, sakte
+attended: under oppsyn, under tilsyn
-attended: uten oppsyn, uten tilsyn
+save: lagret, lagres
-save: slettet, slettes, tapt
USE: bruk, bruke, brukes, brukt, bruker, benytt, benyttes
INCLUDING: inkludert, inklusive, også
OTHER: sterkt
EVEN: uansett hvor, samme hvor
-start: stå stille, står stille, stå i ro, stillestående, står, stå
+start: gå, går, kjøre, kjører
NOT: ikke, aldri, ingen, intet, forbudt, unngå, verken, hverken, ei, nei, ikke tillatt, ikke lov,
  under ingen omstendigheter, ikke under noen omstendighet, på ingen måte, umulig, ulovlig,
  ingenting, må ikke, skal ikke, skal aldri, må aldri, ikke lov å, ingen må, ingen skal
WITHOUT: uten, fri for
MUST: må, skal, alltid, påkrevd, påbudt, obligatorisk, nødvendig, kreves, krever, pålagt,
  sørg for, er nødt til, plikt, bestandig, må alltid, trenger
SHOULD: bør, burde, skulle
HEDGE: hvis du vil, om du vil, hvis ønskelig, helst, om mulig, hvis mulig, ideelt sett, anbefales,
  anbefalt, anbefaler, tilrådelig, fortrinnsvis, valgfritt, valgfri, frivillig, det holder,
  tilstrekkelig, det er nok, lurt, gjerne, etter ønske, ved behov, vanligvis, normalt, som regel,
  når det er mulig, tilrådes, best å, fordel, etter eget skjønn, er en god idé,
  så langt det er mulig, det er best
MAY: får, tillatt, lov, tillates, lov til, tillatt å
CAN: kan, kunne, mulig
NEEDNOT: trenger ikke, behøver ikke, ikke nødvendig, ikke påkrevd, unødvendig, ikke obligatorisk,
  må ikke nødvendigvis, trenger ingen, behøver ingen, kreves ikke, ikke påbudt, ikke pålagt
ONLY: bare, kun, utelukkende, ingen andre enn, ingen unntatt, forbeholdt, utenom, ikke andre enn
NOTONLY: ikke bare, ikke kun
UNLESS: med mindre, unntatt, bortsett fra, unntatt når, utenom når, annet enn når
IF: hvis, dersom, i tilfelle, forutsatt at, såfremt, ved fare for, om, bare hvis, kun hvis,
  gitt at
WHEN: når, bare når, kun når, hver gang
WHILE: mens, så lenge, under drift, så lenge som
AFTER: etter at, etter, straks, så snart, først når, først etter, når du har
BEFORE: før, innen, før du, forut for
UNTIL: til, inntil, helt til, fram til, frem til, ikke før
EVEN: selv om, selv når, også når, også om, selv ved, selv med, uansett, uavhengig av,
  til tross for, når som helst, under alle forhold, selv uten, selv under, også ved, også mens,
  selv mens, selv etter, også med, også under
BECAUSE: fordi, siden, slik at, for å, for at, ellers
AND: og, samt
OR: eller
PRIOR: før det, på forhånd
BUT: men, derimot, imidlertid
THEN: deretter, så, etterpå, til slutt, dernest, og så, videre, til sist, etter det
FIRST: først, aller først, begynn med, til å begynne med
MAX: høyst, maksimalt, maksimum, maksimal, maks, opptil, inntil, ikke mer enn, ikke overstige,
  ikke overskride, under, mindre enn, lavere enn, ikke over, kaldere enn, ikke høyere enn,
  ikke være over, innenfor, kortere enn, må ikke overstige, skal ikke overstige,
  ikke være høyere enn, ikke lengre enn, ikke lenger enn, aldri over, aldri overstige,
  synker under, senest, eller mindre, ikke overstiger, ikke stige over, ikke komme over, høyeste,
  ikke gå over, faller under, opp til
MIN: minst, minimum, minimalt, minimal, ikke mindre enn, mer enn, over, høyere enn, fra,
  ikke under, overstiger, overskrider, varmere enn, lenger enn, lengre enn, større enn, eller mer,
  aldri under, ikke lavere enn, ikke være under, ikke synke under, ikke falle under, laveste,
  overstige, stiger over, overskride, tidligst, ikke komme under, ikke gå under
ABOUT: omtrent, ca, cirka, rundt, omkring
EVERY: hver, hvert, per
+open: åpn*, åpen*, åpne
-open: steng*, stengt*, lukk*, lukket*, lukkes
+on: strømførende, spenningssatt, slå på, slås på, slått på, skru på, skrus på
-on: spenningsløs, strømløs, slå av, slås av, slått av, skru av, skrus av
+tight: stram*, trekk til, trekkes til, trekke til, tiltrekk*, skru til
-tight: løsn*, løsne, løse
+more: øk*, hev*, heve
-more: senk*, reduser*, mink*
+left: venstre
-left: høyre
+clock: med klokken, med klokka, med urviseren
-clock: mot klokken, mot klokka, mot urviseren
+start: fortsette, fortsetter, start*
-start: stopp*, stans*
+start: går, i gang, i drift, kjører
-start: står, stillestående, i ro, står stille
+in: inne, innendørs, innvendig
-in: ute, utendørs, utenfor, utvendig
+warm: varm, varmt, varme, varmkjørt
-warm: frost, vinter*, kulde*, kald, kaldt, kalde, avkjøl*
+wet: våt, vått, fuktig*
-wet: tørr, tørt, tørre
+full: full, fullt, fyll*, fylt*
-full: tom, tomt, tøm*, tapp*
+connect: koble til, kobles til, koblet til, tilkoble*, koples til
-connect: koble fra, kobles fra, koblet fra, frakoble*
+fit: monter*, sett på, sett inn, settes inn
-fit: demonter*, fjern*, ta av, ta ut, tas ut, tas av
+upper: øverst, øvre
-upper: nederst, nedre
+front: foran
-front: bak
+high: høy, høyt
-high: lav, lavt
+push: trykk, trykkes inn, skyv*
-push: trekk ut, trekkes ut
+plus: positiv*
-plus: negativ*
+press: under trykk, trykksatt*
-press: trykkløs*, uten trykk, trykkavlast*
+same: samme, lik, like
-same: forskjellig*, ulik*
+clean: ren, rent, rene
-clean: skitten*, tilsmusset*
END+on: på
END-on: av
ANY: overalt, hvem som helst, hvor som helst, alle kan
ELSE: andre, annet, utenfor, ellers
RANGE: mellom
=red: rød*
=green: grønn*
=yellow: gul, gult, gule
=orange: oransje
=blue: blå*
=white: hvit*
=black: svart*
"""
