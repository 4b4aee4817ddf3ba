"""Words that turn, soften or restrict a statement in Dutch; data, no code."""

TEXT = """
MARKS: de het een en is niet met van zijn worden wordt voor op te dat als moet mag nee
OTHER: let op, opmerking, belangrijk
PURPOSE: om te voorkomen, om te vermijden, anders, zodat niet
NEED: nodig, noodzakelijk, vereist, verplicht, vereisen, vereiste
HEDGE: bij voorkeur, het liefst, aanbevolen, aan te raden, indien mogelijk, zo mogelijk, eventueel
ONEONLY: slechts een, slechts één, maar één, alleen een
MANY: meerdere, alle drie, beide, verschillende, meer dan een, meer dan één
ANY: elke, iedere, iedereen, willekeurige, alle
EVEN: ook als, zelfs als, ook wanneer, zelfs wanneer, ongeacht, zelfs zonder, ook zonder
=x1: eenmaal, één keer, een keer
=x2: tweemaal, twee keer
=x3: driemaal, drie keer
+enable: geactiveerd, activeren, ingeschakeld
-enable: gedeactiveerd, deactiveren, uitgeschakeld
+join: samen, tegelijk, gelijktijdig
-join: apart, afzonderlijk, gescheiden
+new: nieuw, nieuwe
-new: hergebruik*, oud, oude
+vertical: verticaal, verticale
-vertical: horizontaal, horizontale
+auto: automatisch*
-auto: handmatig*
+damaged: beschadigd*
-damaged: onbeschadigd*
USE: gebruik, gebruiken, gebruikt
INCLUDING: inclusief
NOT: niet, nooit, geen, niemand, nergens, verboden, vermijd, vermijden, niet toegestaan,
  in geen geval, onder geen beding, onmogelijk, nimmer, niets, nee
WITHOUT: zonder, vrij van
MUST: moet, moeten, dient, dienen, altijd, verplicht, noodzakelijk, vereist, nodig, steeds,
  zorg dat
SHOULD: zou, zouden, behoort, behoren
HEDGE: bij voorkeur, indien mogelijk, zo mogelijk, liefst, idealiter, aanbevolen, aan te bevelen,
  aanbevelen, raadzaam, optioneel, volstaat, voldoende, het beste, naar wens, geadviseerd,
  normaal gesproken, meestal, vrijwillig, desgewenst, verstandig, wenselijk
MAY: mag, mogen, toegestaan, geoorloofd
CAN: kan, kunnen, mogelijk
NEEDNOT: hoeft niet, hoeven niet, niet nodig, niet verplicht, niet noodzakelijk, niet vereist,
  hoeft geen, onnodig
ONLY: alleen, uitsluitend, slechts, enkel, niemand anders dan, niemand behalve, voorbehouden
NOTONLY: niet alleen
UNLESS: tenzij, behalve, behalve als, uitgezonderd
IF: indien, in geval van, mits, op voorwaarde dat, ingeval, bij gevaar
WHEN: als, wanneer, alleen als, telkens als, alleen wanneer
WHILE: terwijl, zolang, tijdens, gedurende
AFTER: nadat, na, zodra, pas als, pas nadat, pas na
BEFORE: voordat, voor het, alvorens, vóór, vooraleer
UNTIL: tot, totdat
EVEN: ook als, zelfs als, zelfs bij, ook wanneer, ongeacht, zelfs wanneer, ook bij, zelfs zonder,
  op elk moment, onder alle omstandigheden, zelfs met, zelfs tijdens, in elk geval
BECAUSE: omdat, zodat, anders, om
AND: en, alsook
OR: of
PRIOR: daarvoor, vooraf
BUT: maar, echter, daarentegen
THEN: daarna, vervolgens, dan, ten slotte, tenslotte, hierna, en dan, als laatste
FIRST: eerst, allereerst, ten eerste
MAX: hoogstens, maximaal, maximale, maximum, ten hoogste, tot en met, niet meer dan,
  niet hoger zijn dan, niet hoger dan, niet overschrijden, minder dan, onder, lager dan, beneden,
  niet boven, binnen, kouder dan, niet langer dan, korter dan, niet groter dan, uiterlijk
MIN: minstens, minimaal, minimale, minimum, ten minste, tenminste, niet minder dan, meer dan,
  boven, hoger dan, vanaf, niet lager dan, niet lager zijn dan, niet onder, langer dan,
  warmer dan, groter dan, overschrijdt, overschrijden
ABOUT: ongeveer, circa, ca
EVERY: elke, iedere, per, ieder, elk
+open: open*, geopend*
-open: sluit*, gesloten, dicht, dichtdraaien
+on: inschakelen, ingeschakeld, aanzetten, schakel in
-on: uitschakelen, uitgeschakeld, uitzetten, afgezet
+tight: aandraaien, aangedraaid, vastdraaien, vastgedraaid
-tight: losdraaien, losgedraaid, losmaken, los
+more: verhoog*, verhogen
-more: verlaag*, verlagen, verminder*
+left: links, linker*
-left: rechts, rechter*
+start: start*, gestart
-start: stop*, gestopt
+start: draait, in bedrijf, draaiende, loopt
-start: stilstaat, stilstand, stilstaand*
+in: binnen, binnenshuis
-in: buiten, buitenshuis
+warm: warm*, heet, hete
-warm: koud*, afgekoeld*
+wet: nat, natte, vochtig*
-wet: droog, droge
+full: vol, volle, vul*, gevuld
-full: leeg, lege, aftappen, afgetapt
+connect: aansluiten, aangesloten
-connect: loskoppelen, losgekoppeld
+fit: monteer*, monteren, gemonteerd, plaats*, geplaatst
-fit: verwijder*, demonteer*, demonteren
+press: onder druk
-press: drukloos, drukvrij
END+on: aan, in
END-on: uit, af
RANGE: tussen
"""
