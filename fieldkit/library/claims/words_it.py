"""Words that turn, soften or restrict a statement in Italian; data, no code."""

TEXT = """
MARKS: il lo la gli le di del della non con per che si un una deve essere in sono al nel no sì mai
OTHER: nota, attenzione, avvertenza, importante
PURPOSE: per evitare, affinché non, altrimenti, in modo da non, per non, onde evitare
NEED: necessario, necessaria, necessari, è necessario, bisogno, occorre, occorrono, serve, servono,
  richiesto, richiesta, richiede, obbligatorio, obbligatoria, indispensabile, bisogna
NEEDNOT: può essere omesso, si può omettere, superfluo, inutile, facoltativo, non serve,
  non è necessario, non occorre, non è richiesto
HEDGE: si consiglia, consigliato, consigliata, è consigliabile, consigliabile, se possibile,
  preferibilmente, idealmente, è meglio, se si desidera, se si vuole, è bene, opzionale,
  è opportuno, raccomandato, si raccomanda, a discrezione
ONEONLY: solo un, solo uno, solo una, soltanto un, soltanto uno, soltanto una, un solo, una sola,
  un unico, unicamente un
MANY: più, più di un, più di uno, più di una, diversi, diverse, molti, entrambi, entrambe,
  tutti i, tutte le, i due, i tre, multipli, vari, parecchi
ANY: qualsiasi, qualunque, chiunque, tutti, tutte, ovunque
EVEN: anche se, anche con, anche senza, anche quando, anche durante, anche dopo, indipendentemente,
  in qualsiasi momento, in qualsiasi caso, a prescindere, nonostante, non importa, perfino
AFTER: dopo la, dopo il, dopo l, dopo le, dopo i, dopo gli
BEFORE: prima di, prima dell, prima delle, prima dei, prima degli
=x1: una volta al, una volta all, una volta ogni, una sola volta, una volta a
=x2: due volte
=x3: tre volte
+begin: all inizio, il primo, la prima
-begin: alla fine, l ultimo, l ultima
+enable: abilit*, attiv*
-enable: disabilit*, disattiv*, inattiv*
+join: insieme, contemporaneamente, allo stesso tempo
-join: separatamente, separat*
+new: nuovo, nuova, nuovi, nuove
-new: riutilizz*, vecchio, vecchia, vecchi
+left: sinistr*
-left: destr*
+visible: visibil*
-visible: nascost*, invisibil*
+vertical: vertical*
-vertical: orizzontal*
+inlet: ingresso, ingressi, entrata
-inlet: uscita, uscite
+series: in serie
-series: in parallelo
+auto: automatic*
-auto: manual*, a mano
+near: vicino, vicino a, accanto a, in prossimità
-near: lontano, lontano da
+charge: caricare, carica, caricato
+upper: superiore, in alto
-upper: inferiore, in basso
+high: alto, alta
-high: basso, bassa
+same: stesso, stessa, stessi, uguale, identic*
-same: divers*, differen*
+clean: pulit*
-clean: sporc*
+fast: rapid*, veloc*
-fast: lent*
+lit: si accende, acceso, accesa
-lit: si spegne, spento, spenta
+trained: qualificat*, autorizzat*
-trained: non qualificat*
+damaged: dannegg*, difettos*
-damaged: intatt*, integr*
=red: rosso, rossa, rossi
=green: verde, verdi
=yellow: giall*
=orange: arancione
=blue: blu
=white: bianc*
=black: nero, nera, neri
USE: utilizzare, utilizzato, utilizza, usare, usa, usato
INCLUDING: incluso, inclusa, compreso, compresa, inclusi
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
