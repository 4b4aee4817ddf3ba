"""Words that turn, soften or restrict a statement in French; data, no code."""

TEXT = """
MARKS: le la les des est et du une pas dans il doit être que avec sur pour au qui non oui un
  lorsque
OTHER: par la suite tous, dès lors
OTHER: remarque, attention,
  avertissement, important, note, couple, couples, d après, après vente, coupleur
PURPOSE: pour éviter, afin d éviter, pour ne pas, afin de ne pas, pour que ne, sinon, faute de quoi,
  pour empêcher, sans quoi
NEED: nécessaire, nécessaires, besoin, besoin de, a besoin, avoir besoin, requis, requise,
  obligatoire, obligatoires, exigé, exigée, indispensable, il faut forcément, obligé, obligée,
  nécessite
NEEDNOT: peut être omis, peut être omise, inutile, superflu, pas la peine, on peut se passer,
  se passer de, facultatif, facultative
HEDGE: de préférence, il est conseillé, conseillé, conseillée, il est recommandé, recommandé,
  recommandée, si possible, si vous le souhaitez, si on le souhaite, idéalement, il est préférable,
  préférable, au besoin, c est une bonne idée, il est bon de, à votre convenance, éventuellement
ONEONLY: un seul, une seule, seulement un, seulement une, uniquement un, uniquement une
MANY: plusieurs, tous les, toutes les, les deux, les trois, plus d un, plus d une, multiples
ANY: n importe quel, n importe quelle, tout, toute, tous, toutes, quiconque, quel que soit,
  quelle que soit, chacun
EVEN: même si, même quand, même lorsque, même en, même après, même sans, même avec, peu importe,
  quel que soit, quelle que soit, indépendamment, malgré, à tout moment, en tout temps,
  aussi bien, y compris quand, y compris pendant
AFTER: après la, après le, après les, après l
BEFORE: avant la, avant le, avant les, avant l, avant toute, avant tout, avant chaque
=x1: une fois par, une seule fois, une fois tous, une fois toutes
=x2: deux fois
=x3: trois fois
+begin: au début, le premier, la première
-begin: à la fin, le dernier, la dernière
+enable: activ*, activé*
-enable: désactiv*, inactiv*
+join: ensemble, en même temps, simultanément, à la fois
-join: séparément, séparé*, l un après l autre, un par un
+new: neuf, neuve, neufs, neuves, nouveau, nouvelle, nouveaux, nouvelles
-new: réutilis*, ancien, ancienne, anciens, usagé*, vieux
+visible: visible*
-visible: caché*, invisible*, dissimulé*
+vertical: vertical*
-vertical: horizontal*
+inlet: entrée, entrées
-inlet: sortie, sorties
+series: en série
-series: en parallèle
+auto: automatique*
-auto: manuel*, à la main
+near: près, près de, à côté de, proche de, à proximité
-near: loin, loin de, éloigné*, à distance de
+lit: s allume, allumé, allumée, s allument
-lit: s éteint, éteint, éteinte, s éteignent
+charge: charger, chargé*, charge
-charge: décharg*
-on: coupez, couper, coupé, coupée, coupés, coupe
+damaged: endommag*, défectueu*, abîmé*
-damaged: intact*, en bon état
+trained: qualifié*, habilité*, formé*, agréé*
-trained: non qualifié*, sans formation
+fast: rapide*, vite
-fast: lent*, doucement
+save: enregistré*, conservé*, sauvegard*
-save: effac*, perdu*, supprim*
USE: utiliser, utilisez, utilise, utilisé, utilisée, utilisés, employer
INCLUDING: y compris, inclus
OTHER: vivement, fortement
EVEN: quelle qu en soit, quel qu en soit, quelles que, quels que, quel que, quelle que, n importe
NOT: pas, ne pas, jamais, ne jamais, aucun, aucune, personne ne, nul, nulle, interdit, interdite,
  interdits, interdites, défense de, éviter, évitez, il est interdit, il est interdite, rien,
  en aucun cas, sous aucun prétexte, prohibé, prohibée, proscrit, proscrite, à proscrire,
  impossible, plus jamais, non autorisé, non autorisée, pas autorisé, pas autorisée, s abstenir,
  non
WITHOUT: sans, exempt de
MUST: doit, doivent, devez, devra, il faut, faut, obligatoire, obligatoires, obligatoirement,
  toujours, impératif, impérativement, nécessaire, nécessairement, exigé, exigée, requis, requise,
  indispensable, veiller à, veillez à, tenu de, impérative, est à, sont à, systématiquement
SHOULD: devrait, devraient, devriez, il faudrait, vaut mieux, mieux vaut
HEDGE: si vous voulez, si on veut, si l on souhaite, si on le souhaite, de préférence,
  si possible, dans la mesure du possible, idéalement, recommandé, recommandée, recommandés,
  il est conseillé, conseillé, conseillée, recommande, conseille, facultatif, facultative,
  en option, optionnel, optionnelle, il suffit, suffit, préférable, souhaitable,
  à votre convenance, si vous le souhaitez, au besoin, éventuellement, généralement, normalement,
  en principe, autant que possible, en général, bon de, bonne pratique, au choix
MAY: permet, permettent, autorisé, autorisée, autorisés, permis, permise, admis, admise,
  il est permis, a le droit
CAN: peut, peuvent, pouvez, possible, pourrait, pourra, on peut
NEEDNOT: pas nécessaire, pas obligatoire, pas besoin, pas obligé, inutile, pas indispensable,
  n est pas nécessaire, n est pas obligatoire, ne doit pas nécessairement, facultativement,
  pas forcément, pas tenu, pas obligatoirement, pas nécessairement, pas requis, pas exigé,
  inutile de
ONLY: uniquement, seulement, seul, seule, seuls, seules, exclusivement, que si, réservé, réservée,
  que par, rien d autre que, que lorsque, que du, que de l, nul autre que
NOTONLY: non seulement, pas seulement
UNLESS: sauf, sauf si, à moins que, à moins de, excepté, hormis
IF: si, s il, s ils, en cas de, en cas d, au cas où, à condition que, à condition de, dans le cas,
  pourvu que, sous réserve
WHEN: quand, lorsque, lorsqu, uniquement lorsque, uniquement quand, uniquement si, seulement si,
  chaque fois que, à chaque fois que
WHILE: pendant que, tant que, pendant, durant, alors que, tandis que, en cours de
AFTER: après, après avoir, une fois, dès que, une fois que, après que, à la suite de,
  aussitôt que, seulement après
BEFORE: avant, avant de, avant d, avant que, préalablement à
UNTIL: jusqu à, jusqu à ce que, jusqu au, jusqu, jusqu aux
EVEN: même si, même lorsque, même quand, même pendant, même en, même à, même sans, même après,
  quel que soit, quelle que soit, indépendamment, peu importe, y compris lorsque, malgré,
  à tout moment, en toutes circonstances, dans tous les cas, même avec, même par, même au,
  à toute, même avant, même dans
BECAUSE: parce que, car, afin de, afin d, afin que, puisque, pour que, sinon, faute de quoi
AND: et, ainsi que
OR: ou, ni
PRIOR: avant cela, auparavant, au préalable
BUT: mais, cependant, toutefois, en revanche, par contre, bien que
THEN: puis, ensuite, enfin, après quoi, par la suite, et ensuite, finalement, pour finir,
  après cela
FIRST: d abord, tout d abord, en premier, en premier lieu, pour commencer, premièrement
MAX: au plus, au maximum, maximum, maximal, maximale, maxi, jusqu à, ne pas dépasser,
  ne doit pas dépasser, ne dépasse pas, ne doit pas excéder, pas plus de, inférieur à,
  inférieure à, moins de, en dessous de, sous, au dessous de, ne peut dépasser, en deçà de,
  plus bas que, descend sous, ne doit jamais dépasser, pas dépasser, pas excéder, jamais dépasser,
  tombe sous, pas au dessus de, ne peut pas dépasser, pas supérieure à, pas supérieur à, ou moins,
  pas être supérieure à, pas être supérieur à, dans un délai de, tout au plus
MIN: au moins, au minimum, minimum, minimal, minimale, mini, pas moins de, supérieur à,
  supérieure à, plus de, au dessus de, dépasse, dépassent, dépasser, à partir de, excède,
  au delà de, pas inférieur à, pas inférieure à, plus haut que, pas descendre sous,
  pas descendre en dessous de, ou plus, pas être inférieure à, pas être inférieur à, dès
ABOUT: environ, à peu près, approximativement
EVERY: toutes les, tous les, chaque, par
+open: ouvr*, ouvert*
-open: ferm*
+on: allum*, mettre sous tension, mis sous tension, enclench*, brancher sous tension, sous tension
-on: éteind*, éteint*, mettre hors tension, hors tension
+tight: serr*, resserr*
-tight: desserr*, dévis*
+more: augment*, accroît*, élev*, mont*
-more: rédui*, diminu*, baiss*, abaiss*
+left: gauche
-left: droite, droit
+clock: sens horaire, sens des aiguilles
-clock: sens antihoraire, sens anti horaire, sens inverse des aiguilles
+start: continuer, continue, poursuivre, démarr*, mise en marche, mettre en marche, lanc*,
  mettez en marche
-start: arrêt, arrêter, arrêtez, arrête, arrêté, arrêtée, stopp*
+start: tourne, en marche, en fonctionnement, fonctionne, tournant, la marche
-start: à l arrêt, arrêté, arrêtée, immobile, à l arrêt complet
+in: intérieur, à l intérieur
-in: extérieur, à l extérieur, dehors
+warm: chaud, chaude, chauds, à chaud
-warm: gel, hiver, froids, froid, froide, à froid, refroid*
+wet: humide*, mouill*
-wet: sec, sèche, sèches, secs
+full: plein, pleine, rempl*
-full: vide, vides, vidé, vidée
+connect: branch*, connect*, raccord*
-connect: débranch*, déconnect*
+fit: mont*, install*, pose, poser, posez, remont*
-fit: démont*, dépos*, retir*, enlev*, ôte*
+upper: haut, supérieur, supérieure, en haut
-upper: bas, inférieur, inférieure, en bas
+front: devant, avant du
-front: derrière, arrière
+high: haute, élevé, élevée
-high: basse, faible
+push: pouss*, appuy*, enfonc*
-push: tire, tirer, tirez
+plus: positif, positive
-plus: négatif, négative
+press: sous pression
-press: hors pression, sans pression, dépressuris*
+same: même, mêmes, identique*
-same: différent*
+clean: propre*
-clean: sale*, encrassé*
ANY: partout, tout le monde, n importe qui
ELSE: qui ne sont pas, qui n est pas, autre, autres, ailleurs, en dehors de, hors de, hors des
RANGE: entre
=red: rouge*
=green: vert, verte*
=yellow: jaune*
=orange: orange*
=blue: bleu*
=white: blanc*
=black: noir*
"""
