"""Words that turn, soften or restrict a statement in Spanish; data, no code."""

TEXT = """
MARKS: el la los las que y es del una con por para se si sí en no debe un al está nunca solo como
OTHER: a partir de entonces, desde entonces
OTHER: para, por, parte, partes, nota, aviso, advertencia, importante, atención, parámetro,
  parámetros, par, pares, panel
PURPOSE: para evitar, para que no, de lo contrario, a fin de evitar, para no, de otro modo,
  para impedir, con el fin de evitar, si no podría
NEED: necesario, necesaria, necesarios, necesarias, es necesario, es necesaria, necesita, necesitan,
  hace falta, hacen falta, requiere, requieren, se requiere, requerido, obligatorio, obligatoria,
  es obligatorio, tiene que, tienen que, hay que, imprescindible, indispensable, es preciso, precisa
NEEDNOT: puede omitirse, se puede omitir, prescindir, innecesario, innecesaria, es innecesario,
  no es imprescindible, sobra
HEDGE: conviene, es aconsejable, se aconseja, aconsejable, se sugiere, si se desea, si quiere,
  si lo desea, si lo prefiere, es buena idea, sería bueno, a su criterio, cuando le convenga,
  de ser posible, lo ideal es, lo mejor es, es mejor
ONEONLY: solo un, solo una, sólo un, sólo una, solamente un, solamente una, un único, una única,
  únicamente un, únicamente una, un solo, una sola
MANY: varios, varias, múltiples, más de un, más de una, ambos, ambas, los dos, las dos, los tres,
  las tres, todos los, todas las, muchos
ANY: cualquier, cualquiera, todo el mundo, todos, todas, toda persona, quien sea
EVEN: aunque, incluso, incluso si, incluso con, incluso sin, incluso cuando, aun con, aun si,
  aun cuando, sin importar, independientemente, da igual, también con, también si, también cuando,
  también sin, en cualquier momento, a pesar de, en cualquier caso
AFTER: después de la, después de los, tras la, tras el, al terminar, al acabar, al finalizar
BEFORE: antes de la, antes de los, antes de las
=x1: una vez al, una vez por, una vez cada, una sola vez, solo una vez, una vez a
=x2: dos veces
=x3: tres veces
+begin: al principio, al comienzo, el primer, la primera
-begin: al final, el último, la última
+enable: habilit*, activ*
-enable: deshabilit*, desactiv*, inhabilit*, inactiv*
+join: junto, juntos, junta, juntas, juntar, juntamente, conjunt*, al mismo tiempo,
  simultáneamente, a la vez
-join: por separado, separad*, separe, separar, uno por uno, una por una
+new: nuevo, nueva, nuevos, nuevas
-new: reutiliz*, viejo, vieja, viejos, viejas, usado, usada, usados, usadas
+visible: visible*, a la vista
-visible: ocult*, invisible*, escondid*
+vertical: vertical*
-vertical: horizontal*
+inlet: entrada*
-inlet: salida*
+series: en serie
-series: en paralelo
+auto: automátic*
-auto: manual*, a mano
+near: cerca, cerca de, junto a, al lado de, próximo a, próxima a
-near: lejos, lejos de, alejad*
+lit: se enciende, se encienden, encendido, encendida, ilumin*
-lit: se apaga, se apagan, apagado, apagada
+charge: cargar, cargue, cargando, cargad*
-charge: descarg*
+more: suba, subir, sube, suben
-high: bajo, baja, bajos, bajas
+open: abrir, abra, abre, abren, abran, abriendo, abierto, abierta, abiertos, abiertas
-start: parar, pare, paran, pararse, paro
+damaged: dañad*, averiad*, defectuos*, rot*
-damaged: intact*, en buen estado
+trained: cualificad*, capacitad*, autorizad*, profesional*, calificad*
-trained: no cualificad*, sin formación
+protect: protegid*, blindad*, apantallad*
-protect: sin protección, sin blindaje
+fast: rápid*
-fast: lent*, despacio
+save: guardad*, se conserva, se conservan, se guardan, se guarda
-save: borrad*, se pierde, se pierden, se borra, se borran, perdid*
+include: incluid*, incluye*, cubr*
-include: excluid*, excluye*
USE: use, usar, usa, usan, usado, utilice, utilizar, utiliza, utilizan,
  utilizarse, usarse, emplear
INCLUDING: incluido, incluida, incluidos, incluidas, incluyendo
OTHER: encarecidamente, vivamente
EVEN: sea cual sea, sea cual fuere, cualquiera que sea, por mucho
NOT: no, nunca, jamás, ningún, ninguna, ninguno, nadie, nada, prohibido, prohibida, prohíbe,
  evite, evitar, se evitará, tampoco, en ningún caso, bajo ninguna circunstancia,
  bajo ningún concepto, no está permitido, no se permite, no permitido, imposible,
  queda prohibido, está prohibido, prohibidos, de ningún modo, absténgase
WITHOUT: sin, libre de
MUST: debe, deben, deberá, deberán, hay que, tiene que, tienen que, siempre, obligatorio,
  obligatoria, obligatoriamente, es necesario, es necesaria, necesario, imprescindible, requerido,
  requiere, se requiere, asegúrese, es preciso, ha de, han de, exige, exigido, forzosamente,
  indispensable, necesita, es obligatorio, obligado, en todo momento
SHOULD: debería, deberían, convendría
HEDGE: si quiere, si lo prefiere, si quieres, preferiblemente, preferentemente, si es posible,
  en lo posible, idealmente, recomendable, recomienda, recomendado, recomendada, recomiendan,
  se recomienda, aconsejable, aconseja, se aconseja, conviene, conveniente, opcional,
  opcionalmente, basta, es suficiente, a ser posible, si lo desea, si se desea, voluntario,
  normalmente, generalmente, por lo general, sugiere, es mejor, mejor, en la medida de lo posible,
  a discreción, de preferencia, buena práctica, cuando sea posible, siempre que sea posible,
  es bueno, sería bueno
MAY: permitido, permitida, permite, está permitido, autorizado a, admite, se permite, admisible
CAN: puede, pueden, puedes, podrá, podría, es posible, se puede, se pueden
NEEDNOT: no es necesario, no hace falta, no es obligatorio, no tiene que, no tienen que,
  no es preciso, innecesario, no se requiere, no requiere, no necesita, no es imprescindible,
  no hay que, no es necesaria, no es obligatoria, no necesariamente
ONLY: solo, sólo, solamente, únicamente, exclusivamente, nadie más que, nadie salvo,
  nadie excepto, reservado, reservada, unicamente, nada más que, nadie que no
NOTONLY: no solo, no sólo, no solamente
UNLESS: a menos que, salvo, excepto, salvo que, excepto si, a no ser que, salvo si, excepto cuando
IF: si, en caso de, en caso de que, siempre que, con tal de que, a condición de, siempre y cuando,
  caso de, solo si, sólo si, únicamente si
WHEN: cuando, solo cuando, sólo cuando, únicamente cuando, cada vez que, al
WHILE: mientras, durante, en tanto, mientras que
AFTER: después de, tras, una vez, una vez que, luego de, después de que, en cuanto,
  tan pronto como, después del, solo después de
BEFORE: antes de, antes de que, antes del, previo a, previamente a
UNTIL: hasta, hasta que
EVEN: incluso si, aun cuando, incluso cuando, aunque, incluso con, incluso en, aun con, aun si,
  independientemente, sin importar, incluso mientras, a pesar de, en cualquier momento,
  en cualquier caso, en todo caso, cualquiera que sea, incluso sin, incluso después, también con,
  también cuando, también si, en cualquier condición, incluso antes, a cualquier, con cualquier
BECAUSE: porque, ya que, para que, puesto que, a fin de, de lo contrario, pues
AND: y, e, así como
OR: o, u, ni
PRIOR: antes de eso, antes de ello, previamente
BUT: pero, sin embargo, sino, no obstante, en cambio
THEN: luego, después, a continuación, seguidamente, por último, finalmente, posteriormente,
  y luego, y después, entonces, acto seguido, tras ello, después de eso
FIRST: primero, en primer lugar, primeramente, para empezar, ante todo
MAX: como máximo, máximo, máxima, a lo sumo, hasta, no más de, no debe superar, no supere,
  no debe exceder, no exceda, menos de, inferior a, por debajo de, bajo, menor que, menor de,
  no debe sobrepasar, no puede superar, no superior a, no mayor de, dentro de, no debe pasar de,
  no superar, no exceder, no supera, no debe ser superior a, no debe rebasar, no más que, o menos,
  baja de, no deberá superar, no sobrepasar, no podrá superar, nunca debe superar,
  no por encima de, no debe ser mayor que, no debe ser mayor de, menos que
MIN: superar, exceder, sobrepasar, rebasar, como mínimo, mínimo, mínima, al menos, por lo menos,
  no menos de, más de, superior a, por encima de, supera, superan, supere, excede, exceda,
  mayor que, mayor de, a partir de, desde, no inferior a, no debe bajar de, no menor de,
  sobrepasa, no baje de, o más, sobre los, no debe ser inferior a, no por debajo de,
  no debe ser menor que, no debe ser menor de
ABOUT: aproximadamente, unos, unas, cerca de, alrededor de
EVERY: cada, todos los, todas las, por
-open: cierr*, cerr*
+on: encend*, enciend*, conectad*, energiz*
-on: apag*, desenergiz*
+tight: apriet*, apret*, reapriet*
-tight: afloj*, suelt*, solt*, desatornill*
+more: aument*, increment*, sub*, elev*
-more: reduc*, reduzca, disminu*, baj*
+left: izquierd*
-left: derech*
+clock: sentido horario, sentido de las agujas
-clock: sentido antihorario, sentido contrario a las agujas
+start: seguir funcionando, sigue, continuar, continúe, seguir, arran*, arranc*, puesta en marcha,
  poner en marcha, ponga en marcha, inici*
-start: deteng*, deten*, detien*
+start: en marcha, en funcionamiento, funcionando, girando, en movimiento
-start: parado, parada, detenid*, en reposo, inmóvil
+in: dentro, interior, en interiores
-in: fuera, exterior, al aire libre, en exteriores
+warm: calient*
-warm: helada*, invierno, frío, fría, fríos, frías, enfri*
+wet: mojad*, húmed*
-wet: seco, seca, secos, secas
+full: lleno, llena, llen*, rellen*
-full: vací*, vacia*, dren*
+connect: conect*, enchuf*
-connect: desconect*, desenchuf*
+fit: mont*, instal*, coloc*
-fit: desmont*, retir*, quit*, extrai*, saca*, saque
+upper: superior, arriba
-upper: inferior, abajo
+front: delante, frontal
-front: detrás, trasero, trasera
+high: alto, alta
-high: bajo nivel, baja
+push: puls*, presion*, empuj*
-push: tire, tirar, tira
+plus: positivo, positiva
-plus: negativo, negativa
+press: bajo presión, con presión, presurizad*
-press: sin presión, despresuriz*
+same: mismo, misma, igual*, idéntic*
-same: diferent*, distint*
+clean: limpio, limpia
-clean: sucio, sucia
ANY: en cualquier lugar, en todas partes, cualquiera, cualquier persona, todos pueden
ELSE: que no sean, que no sea, otro, otra, otros, otras, fuera de, demás
RANGE: entre
=red: rojo*, roja*
=green: verde*
=yellow: amarill*
=orange: naranja
=blue: azul*
=white: blanc*
=black: negro*, negra*
"""
