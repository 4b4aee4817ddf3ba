"""Words that turn, soften or restrict a statement in German; data, no code."""

TEXT = """
MARKS: der die das und ist nicht mit den dem ein eine wird werden bei im zu von nur wenn muss darf
  nein auf sie vor
OTHER: von da an, ab dann, vor ort, nach oben, nach unten, nach links, nach rechts, ab dann alle,
  von dann an, nach plan, nach hersteller*, um bis zu
OTHER: nach vorn, nach hinten, nach norm, je nach,
  nach wie vor,
  hinweis,
  achtung, warnung, wichtig, bitte, nach vde, nach din, nach en, um die, hinaus,
  vor allem, nach und nach
PURPOSE: um zu vermeiden, damit nicht, damit kein, damit keine, sonst, andernfalls, ansonsten,
  um nicht, um keine, um kein, um keinen, damit er nicht, damit sie nicht, damit es nicht,
  um schäden, um beschädigungen, um unfälle
NEED: braucht, brauchen, benötigt, benötigen, notwendig, nötig, erforderlich, verpflichtend,
  vorgeschrieben, obligatorisch, muss nicht unbedingt
NEEDNOT: kann entfallen, können entfallen, kann weggelassen werden, darf entfallen, überflüssig,
  nicht gebraucht, nicht erforderlich ist, verzichtbar, kann man sich sparen, ist verzichtbar,
  verzichtet werden
HEDGE: wäre gut, wer möchte, wer will, es empfiehlt sich, bietet sich an, gern, gerne,
  nach eigenem belieben, wenn zeit ist, nach gutdünken, ist eine gute idee, von vorteil,
  wenn man mag, wenn es passt, es lohnt sich, wird geraten, wird empfohlen
ONEONLY: nur ein, nur eine, nur einer, nur einen, nur einem, nur eines, nur eins, lediglich ein,
  lediglich eine, genau ein, genau eine, ein einziger, eine einzige, ein einziges,
  höchstens ein, höchstens eine, maximal ein, maximal eine
MANY: mehrere, mehreren, mehrerer, alle drei, alle vier, beide, beliebig viele, alle 2, alle 3,
  alle 4, mehr als ein, mehr als eine, viele
ANY: beliebige, beliebigen, beliebiger, beliebiges, jeder beliebige, jedem, jeden, jede, jedes,
  alle,
  von jedem, irgendein, irgendeine, irgendeinem, alles, von allen, wer auch immer
EVEN: egal ob, ganz gleich ob, auch solange, und auch bei, ob oder nicht, auch ohne dass
=x1: einmal, nur einmal, ein mal, einmalig
=x2: zweimal, zwei mal
=x3: dreimal, drei mal
+begin: zu beginn, am anfang
-begin: am ende, am schluss
+enable: aktivier*, freigegeben*, freigeb*
-enable: deaktivier*, gesperrt*, sperren, sperrt, inaktiv
+join: zusammen, gemeinsam, gleichzeitig, zugleich
-join: getrennt*, nacheinander, separat*, einzeln
+new: neu, neue*, neuer, neues
-new: wiederverwend*, alt, alte, alten, gebraucht*, erneut verwend*
+visible: sichtbar*, zu sehen
-visible: verdeckt*, verborgen*, unsichtbar*, versteckt*
+vertical: senkrecht*, vertikal*, stehend einbauen
-vertical: waagrecht*, waagerecht*, horizontal*, liegend*
+inlet: eingang*, eingäng*, einlass*, zulauf*, saugseit*
-inlet: ausgang*, ausgäng*, auslass*, ablauf*, druckseit*
+supply: vorlauf*
-supply: rücklauf*
+series: in reihe, in serie
-series: parallel
+auto: automat*, selbsttätig*, von selbst
-auto: manuell*, von hand, händisch
+near: in der nähe, nahe, neben, nah an, direkt an
-near: entfernt von, fern von, mit abstand, fern
+lit: leuchtet, leuchten, geht an, gehen an, leuchtet auf, aufleuchtet
-lit: erlischt, erlöschen, geht aus, gehen aus, dunkel
+charge: laden, geladen, aufladen, lädt, aufgeladen
-charge: entladen, entlädt, entladung
+soft: weich*
-soft: hart, harten, harte, hartem
+damaged: beschädig*, defekt*, kaputt*
-damaged: unbeschädigt*, intakt*, einwandfrei*
+cover: abgedeckt*, zugedeckt*
-cover: unabgedeckt*
+insul: isoliert*
-insul: unisoliert*, blank*
+protect: geschirmt*, geschützt*, abgeschirmt*
-protect: ungeschirmt*, ungeschützt*
+earth: geerdet*
-earth: ungeerdet*
+pure: unverdünnt*, pur
-pure: verdünnt*
+attended: unter aufsicht, beaufsichtigt*, unter beaufsichtigung, mit beaufsichtigung
-attended: unbeaufsichtigt*, ohne aufsicht, ohne beaufsichtigung
+trained: geschult*, qualifiziert*, fachpersonal, fachkraft, fachkräfte, befugt*, autorisiert*,
  unterwiesen*
-trained: ungeschult*, unqualifiziert*, laien, laie, unbefugt*
+save: gespeichert, erhalten, bleibt erhalten, bleiben erhalten
-save: gelöscht, verloren, gehen verloren, geht verloren
+slowly: langsam*, behutsam
-slowly: ruckartig*, schlagartig*
+include: enthalten, inbegriffen, abgedeckt
USE: verwenden, verwende, verwendet, benutzen, benutzt, benutze, nutzen, genutzt, nutze
+in: nach innen, ins haus
-in: nach draußen, nach außen, ins freie
INCLUDING: einschließlich, inklusive, samt, mitsamt
OTHER: dringend, unbedingt empfohlen
+save: gemerkt, behält, behalten, bleibt gültig
EVEN: egal wie, wie lange auch, ganz gleich, egal welche, egal wann
OTHER: immer noch, noch immer, immer wieder, noch einmal, nochmal, nochmals
BEFORE: vor jeglichen, vor jeglicher, vor sämtlichen, vor etwaigen, vor tätigkeiten, vor allen,
  vor jedem, vor jeder, vor der ersten, vor dem ersten, vor den
NEED: muss, müssen, musst
+full: voll*
-full: leer*
-save: lösch*, gelöscht*, löscht
NOT: nicht, nie, niemals, kein, keine, keinen, keinem, keiner, keines, keinesfalls, keineswegs,
  niemand, niemanden, niemandem, nirgends, verboten, untersagt, unzulässig, vermeiden,
  zu vermeiden, vermeiden sie, weder, auf keinen fall, in keinem fall, unter keinen umständen,
  nicht gestattet, nicht erlaubt, nicht zulässig, darf nicht, dürfen nicht, unmöglich, tabu,
  zu keiner zeit, nichts, nein
WITHOUT: ohne, frei von
MUST: muss, müssen, musst, müsst, immer, stets, zwingend, erforderlich, notwendig, vorgeschrieben,
  pflicht, verpflichtend, unbedingt, obligatorisch, ist zu, sind zu, hat zu, haben zu,
  grundsätzlich, jederzeit zu, nötig, verbindlich, braucht, brauchen sie, benötigen
SHOULD: sollte, sollten, solltest, soll, sollen
HEDGE: wenn man möchte, wenn sie möchten, wenn gewünscht, falls gewünscht, wenn man will,
  möglichst, nach möglichkeit, wenn möglich, falls möglich, vorzugsweise, idealerweise, am besten,
  empfohlen, empfiehlt, empfehlen, empfehlenswert, ratsam, optional, wahlweise, bevorzugt,
  es genügt, es reicht, ausreichend, reicht es, genügt es, nach belieben, bei bedarf, freiwillig,
  nach wunsch, auf wunsch, sinnvoll, in der regel, normalerweise, üblicherweise, gegebenenfalls,
  nach eigenem ermessen, günstig, zweckmäßig, lieber, wünschenswert, im idealfall, tunlichst,
  angeraten, raten
MAY: darf, dürfen, darfst, erlaubt, zulässig, gestattet, zugelassen
CAN: kann, können, kannst, könnte, könnten, möglich, lässt sich, lassen sich
NEEDNOT: muss nicht, müssen nicht, nicht erforderlich, nicht notwendig, nicht nötig,
  nicht zwingend, braucht nicht, brauchen nicht, nicht vorgeschrieben, keine pflicht, unnötig,
  nicht unbedingt, entfällt, nicht verpflichtend, nicht verpflichtet, erübrigt sich, entbehrlich,
  nicht zu, nicht obligatorisch
ONLY: nur, ausschließlich, lediglich, allein, niemand außer, nichts außer, keine anderen als,
  niemand anders als, vorbehalten, nichts anderes als
NOTONLY: nicht nur
UNLESS: es sei denn, außer, außer wenn, ausgenommen, mit ausnahme, sofern nicht
IF: falls, sofern, im falle, vorausgesetzt, unter der voraussetzung, im fall, nur falls, insofern
WHEN: wenn, sobald nur, nur wenn, immer wenn, jedes mal wenn
WHILE: während, solange, so lange
AFTER: nachdem, nach, sobald, erst wenn, erst nach, erst nachdem, erst sobald, im anschluss an,
  nach dem, nach der
BEFORE: bevor, ehe, vor jedem, vor jeder, vor dem, vor der, vor den, vor allen, vor wartungs*,
  vor arbeiten, vor beginn, vor inbetriebnahme
UNTIL: bis, solange bis, so lange bis
EVEN: auch wenn, selbst wenn, auch bei, selbst bei, auch während, unabhängig davon,
  unabhängig von, ungeachtet, egal, auch falls, auch dann, trotz, jederzeit, in jedem fall,
  unter allen umständen, auch ohne, sogar, gleichgültig, auch nach, auch vor, auch mit, auch im,
  auch in, bei jeder, auch unter, auch über
BECAUSE: weil, damit, sodass, so dass, um, da sonst, denn, andernfalls, ansonsten, sonst
AND: und, sowie
OR: oder, bzw, beziehungsweise, noch
PRIOR: davor, zuvor, vorher
BUT: aber, jedoch, sondern, hingegen, dagegen, allerdings, obwohl
THEN: dann, danach, anschließend, daraufhin, zuletzt, schließlich, hinterher, im anschluss,
  zum schluss, als nächstes, und dann, erst dann, hiernach
FIRST: zuerst, zunächst, als erstes, zuallererst, erst
MAX: höchstens, maximal, maximale, maximaler, maximalen, maximum, bis zu, nicht mehr als,
  nicht überschreiten, nicht über, nicht höher als, unter, unterhalb, weniger als, kleiner als,
  niedriger als, kürzer als, nicht länger als, innerhalb, darf nicht überschreiten,
  unterschreitet, nicht größer als, nicht übersteigen, kälter als, spätestens, oder weniger,
  nie über, nie mehr als, nicht wärmer als, unterschreiten, unterschritten, nicht überschritten,
  geringer als, nicht überschreitet, höchste, höchster, höchsten, nicht oberhalb,
  nicht heißer als, obergrenze, zulässige höchst*, fällt unter, sinkt unter
MIN: mindestens, minimal, minimale, minimaler, minimum, nicht weniger als, nicht unterschreiten,
  nicht unter, mehr als, über, oberhalb, größer als, höher als, länger als, ab, wenigstens,
  überschreitet, überschreiten, überschritten, nicht kürzer als, nicht niedriger als, wärmer als,
  frühestens, oder mehr, nie unter, übersteigt, nicht kleiner als, nicht unterschritten,
  niedrigste, nicht unterschreitet, nicht unterhalb, nicht kälter als, heißer als, untergrenze,
  steigt über
ABOUT: etwa, ungefähr, ca, rund, circa
EVERY: alle, jede, jeden, jedes, pro
+open: öffne*, geöffnet*, offen*, aufdrehen, aufgedreht, auf zu drehen, aufmachen
-open: schließ*, geschlossen*, zudrehen, zugedreht, absperren, abgesperrt, zumachen
+on: unter spannung, stromführend*, einschalten, eingeschaltet*, einzuschalten, anschalten,
  angeschaltet, schalten ein, schaltet ein
-on: abgeschaltet*, spannungsfrei*, spannungslos*, stromlos*, ausschalten, ausgeschaltet*,
  auszuschalten, abschalten, abgeschaltet, abzuschalten, schalten aus, schaltet ab
+tight: anziehen, angezogen*, festziehen, festgezogen*, nachziehen, nachgezogen*, nachzuziehen,
  anzuziehen, festzuziehen, ziehen an
-tight: löse*, gelöst*, lockern, gelockert*, lockere*, abschrauben, zu lösen
+more: höher, erhöh*, steiger*, anheben, angehoben, hochfahren
-more: niedriger, tiefer, verringer*, reduzier*, senk*, absenken, abgesenkt, herabsetzen,
  vermindern, mindern
+left: links, linke, linken, linker, linkes
-left: rechts, rechte, rechten, rechter, rechtes
+clock: im uhrzeigersinn, rechtsherum
-clock: gegen den uhrzeigersinn, linksherum, entgegen dem uhrzeigersinn
+start: fortsetzen, fortgesetzt, weiterlaufen, weiterbetrieben, weiterlaufen lassen,
  weiterarbeiten, starten, gestartet, starte*, anfahren, angefahren, anlassen, inbetriebnahme,
  start
-start: stoppen, gestoppt, anhalten, angehalten, abstellen, abgestellt, stopp, stoppe*
+start: laufend*, in betrieb, läuft, laufen, betrieb, in gang
-start: stillstehend*, im stillstand, stillstand, steht, stehend*, stehen, bei stillstand, ruhend*
+in: innen, im inneren, im innenraum, drinnen, in innenräumen, innerhalb von gebäuden
-in: außen, außerhalb, im freien, draußen
+warm: warm*, heiß*, betriebswarm*
-warm: frost, winter, gefrier*, frier*, kalt*, abgekühlt*, kühl*
+wet: nass*, feucht*
-wet: trocken*
+full: voll, füll*, gefüllt*, befüll*, auffüll*, voller, volle, vollen
-full: leer*, entleer*, entwässer*, ablassen, abgelassen*, geleert
+connect: anschließen, angeschlossen*, verbinden, verbunden, einstecken, anklemmen, angeklemmt
-connect: abklemmen, abgeklemmt, trennen, getrennt, abziehen, ausstecken, abgezogen
+fit: einbau*, eingebaut*, montier*, anbringen, angebracht*, aufsetzen, einsetzen, eingesetzt*,
  anbau*
-fit: ausbau*, ausgebaut*, demontier*, abnehmen, abgenommen*, entfern*, abbau*, herausnehmen
+upper: oben, obere*
-upper: unten, untere*
+front: vorn, vordere*
-front: hinten, hintere*
+high: hohe*, hoch
-high: niedrig*, geringe*
+push: drücken, gedrückt, hineindrücken
-push: ziehen, gezogen, herausziehen
+plus: positiv*, pluspol
-plus: negativ*, minuspol
+press: unter druck, druckbeaufschlagt*
-press: drucklos*, ohne druck, druckfrei, druckentlastet
+same: gleich*, identisch*
-same: verschieden*, unterschiedlich*
+clean: sauber*
-clean: schmutzig*, verschmutzt*
+rising: steigt, steigen, ansteigt
-rising: sinkt, fällt, fallen, abfällt
+fast: schnell*
-fast: langsam*
END+on: ein, an
END-on: aus, ab
ANY: überall, jeder, jede person, jedermann
ELSE: andere, anderer, anderen, anderes, sonst, woanders, außerhalb
RANGE: zwischen
=red: rot, rote, roten, roter, rotes, rotem
=green: grün, grüne, grünen, grüner, grünes, grünem
=yellow: gelb*
=orange: orange*
=blue: blau*
=white: weiß*
=black: schwarz*
"""
