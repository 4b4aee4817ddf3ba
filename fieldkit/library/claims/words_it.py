"""Words that turn, soften or restrict a statement in Italian; data, no code."""

TEXT = """
MARKS: il lo la gli le di del della non con per che si un una deve essere in sono al nel no sì mai
NOT: non, mai, nessun, nessuna, nessuno, vietato, vietata, proibito, proibita, evitare, evitate,
  niente, nulla, non è consentito, non è permesso, non consentito, in nessun caso, impossibile,
  per nessun motivo, è vietato, è proibito, divieto di, neanche, evitate di, no
WITHOUT: senza, privo di
MUST: deve, devono, dovrà, bisogna, occorre, sempre, obbligatorio, obbligatoria, necessario,
  necessaria, è necessario, indispensabile, richiesto, richiede, assicurarsi, va, vanno,
  obbligatoriamente, tassativamente
SHOULD: dovrebbe, dovrebbero, andrebbe, andrebbero
HEDGE: preferibilmente, se possibile, idealmente, raccomanda, raccomandato, raccomandata,
  si raccomanda, consigliato, consigliata, si consiglia, consigliabile, facoltativo, facoltativa,
  opzionale, basta, è sufficiente, di preferenza, preferibile, a discrezione, normalmente,
  generalmente, è meglio, conviene, consiglia, quando possibile, di norma, se lo si desidera,
  opportuno
MAY: consentito, permesso, ammesso, consentita, ammessa, permessa, lecito
CAN: può, possono, possibile, potrebbe
NEEDNOT: non è necessario, non occorre, non è obbligatorio, non serve, non è indispensabile,
  non è richiesto, non bisogna necessariamente, superfluo, non è obbligatoria, non è necessaria
ONLY: solo, soltanto, solamente, esclusivamente, unicamente, nessun altro che, riservato,
  riservata
NOTONLY: non solo, non soltanto
UNLESS: a meno che, tranne, salvo, eccetto, tranne che, salvo che, a meno di
IF: se, in caso di, nel caso, qualora, a condizione che, purché, solo se
WHEN: quando, solo quando, ogni volta che, ogniqualvolta
WHILE: mentre, durante, finché, fintanto che
AFTER: dopo, dopo che, una volta, appena, dopo aver, non appena, solo dopo
BEFORE: prima di, prima che, prima del, prima della
UNTIL: fino a quando, finché non, fino a che
EVEN: anche se, anche quando, anche con, indipendentemente, anche in, in qualsiasi momento,
  nonostante, a prescindere, in ogni caso, anche senza, anche durante, anche a, con qualsiasi
BECAUSE: perché, poiché, affinché, altrimenti, in modo da
AND: e, ed, nonché
OR: o, oppure, né
PRIOR: prima di ciò, in precedenza
BUT: ma, però, tuttavia, invece
THEN: poi, quindi, successivamente, infine, in seguito, e poi, dopodiché
FIRST: prima, innanzitutto, per prima cosa, in primo luogo
MAX: al massimo, massimo, massima, fino a, non più di, non deve superare, non superare, meno di,
  inferiore a, al di sotto di, sotto i, non superiore a, entro, non deve eccedere, minore di,
  sotto, non oltre, non può superare, non supera, non deve essere superiore a
MIN: almeno, come minimo, al minimo, minimo, minima, non meno di, più di, superiore a,
  al di sopra di, supera, oltre, maggiore di, a partire da, non inferiore a, sopra, sopra i,
  superare, non deve scendere sotto, non deve essere inferiore a
ABOUT: circa, approssimativamente, intorno a
EVERY: ogni, per
+open: apr*, apert*
-open: chiud*, chius*
+on: accend*, acces*, inserire la corrente
-on: spegn*, spent*, spengere
+tight: serr*, string*
-tight: allent*, svit*
+more: aument*, alz*, sollev*
-more: ridu*, diminu*, abbass*
+left: sinistr*
-left: destr*
+start: avvi*
-start: arrest*, ferm*
+start: in funzione, in moto, in marcia
-start: fermo, ferma, a riposo
+in: interno, interni, all interno, al chiuso
-in: esterno, esterni, all esterno, all aperto
+warm: cald*
-warm: fredd*, raffredd*
+wet: bagnat*, umid*
-wet: asciutt*, secc*
+full: pieno, piena, riemp*
-full: vuoto, vuota, svuot*, scaric*
+connect: colleg*, conness*
-connect: scolleg*, disconne*
+fit: mont*, install*
-fit: smont*, rimuov*, togli*
+press: in pressione, sotto pressione
-press: senza pressione, depressurizz*
RANGE: tra
"""
