"""Words that turn, soften or restrict a statement in Portuguese; data, no code."""

TEXT = """
MARKS: os as que do da uma com para em não deve se um ao na no dos das está como seu por são
OTHER: a partir daí, desde então, por isso
NOT: não, nunca, jamais, nenhum, nenhuma, ninguém, nada, proibido, proibida, proíbe, evite,
  evitar, em nenhum caso, em caso algum, em hipótese alguma, sob nenhuma circunstância,
  de forma alguma, não é permitido, não permitido, é proibido, impossível, vedado, vedada,
  está proibido, tampouco, em hipótese nenhuma
WITHOUT: sem, livre de
MUST: deve, devem, deverá, deverão, tem de, tem que, têm que, sempre, obrigatório, obrigatória,
  obrigatoriamente, é necessário, é preciso, necessário, imprescindível, exigido, exige, requer,
  certifique se, é obrigatório, necessariamente, precisa, é indispensável, há que, assegure se,
  têm de, em todos os casos
SHOULD: deveria, deveriam, convém
HEDGE: se preferir, de preferência, preferencialmente, se possível, idealmente, recomenda se,
  recomendado, recomendada, recomendável, recomenda, recomendamos, aconselhável, aconselha se,
  opcional, opcionalmente, basta, é suficiente, sempre que possível, se desejar, voluntário,
  normalmente, geralmente, em geral, sugere se, sugerido, é melhor, conveniente, preferível,
  facultativo, se quiser, a seu critério, boa prática, é bom, seria bom, de modo geral,
  quando possível, na medida do possível, caso deseje
MAY: permitido, permitida, permite, é permitido, permite se, autorizado a, admissível, admite
CAN: pode, podem, poderá, poderia, é possível
NEEDNOT: não é necessário, não precisa, não é obrigatório, não é preciso, não precisam,
  dispensável, desnecessário, não tem de, não tem que, não requer, não é necessária,
  não é obrigatória, não há necessidade, não necessita
ONLY: somente, só, apenas, unicamente, exclusivamente, ninguém além de, ninguém exceto, reservado,
  restrito, ninguém salvo, nada além de
NOTONLY: não só, não apenas, não somente
UNLESS: a menos que, salvo, exceto, exceto se, a não ser que, exceto quando, salvo se, a não ser
IF: se, caso, em caso de, desde que, contanto que, na condição de, só se, apenas se, somente se,
  no caso de
WHEN: quando, apenas quando, somente quando, só quando, sempre que, toda vez que, cada vez que
WHILE: enquanto, durante, enquanto que
AFTER: depois de, após, uma vez, uma vez que, depois que, assim que, logo que, depois do,
  só depois de, somente após, só após, apenas após
BEFORE: antes de, antes que, antes do, antes da, previamente a
UNTIL: até, até que
EVEN: mesmo se, mesmo que, mesmo quando, mesmo com, ainda que, mesmo em, independentemente,
  não importa, mesmo enquanto, apesar de, a qualquer momento, em qualquer caso,
  em qualquer condição, mesmo sem, mesmo após, mesmo antes, qualquer que seja, também quando,
  também com, inclusive com, inclusive quando, a qualquer, com qualquer, em qualquer temperatura,
  mesmo depois
BECAUSE: porque, pois, para que, já que, a fim de, caso contrário, do contrário
AND: e, bem como
OR: ou, nem
PRIOR: antes disso, previamente
BUT: mas, porém, contudo, entretanto, todavia
THEN: depois, em seguida, a seguir, por fim, finalmente, então, e depois, posteriormente,
  logo depois, por último, depois disso
FIRST: primeiro, primeiramente, em primeiro lugar, para começar, antes de tudo
MAX: no máximo, máximo, máxima, até, não mais de, não mais que, não deve ultrapassar,
  não ultrapassar, não deve exceder, não exceder, menos de, inferior a, abaixo de, menor que,
  não pode ultrapassar, não deve superar, não superior a, dentro de, não pode exceder,
  não ultrapasse, não exceda, cai abaixo de, não deve ser superior a, ou menos,
  nunca deve ultrapassar, menos que, não acima de, não deve passar de, não deve ser maior que
MIN: no mínimo, mínimo, mínima, pelo menos, ao menos, não menos de, não menos que, mais de,
  mais que, superior a, acima de, ultrapassa, ultrapassar, excede, exceder, maior que,
  a partir de, desde os, não inferior a, não deve ser inferior a, ou mais, não abaixo de,
  não deve ser menor que
ABOUT: aproximadamente, cerca de, em torno de
EVERY: cada, a cada, todos os, todas as, por
+open: abr*, abert*
-open: fech*
+on: ligue, ligar, ligad*, liga, energiz*
-on: desligue, desligar, desligad*, desliga, desenergiz*
+tight: apert*, reapert*
-tight: afroux*, solt*, desaparafus*, desapert*
+more: aument*, elev*, sub*
-more: reduz*, diminu*, baix*, abaix*
+left: esquerd*
-left: direit*
+clock: sentido horário
-clock: sentido anti horário, sentido contrário ao horário
+start: continuar, continue, seguir funcionando, inici*, arran*, dê partida, partida, acion*
-start: pare, parar, para a, interromp*
+start: em funcionamento, funcionando, em marcha, girando, em operação
-start: parado, parada, em repouso, imóvel
+in: dentro, interior, em ambiente fechado
-in: fora, exterior, ao ar livre
+warm: quente*, aquecid*
-warm: geada*, inverno, frio, fria, frios, esfri*, resfri*
+wet: molhad*, úmid*
-wet: seco, seca, secos, secas
+full: cheio, cheia, ench*, encha
-full: vazio, vazia, esvazi*, dren*
+connect: conect*
-connect: desconect*
+fit: mont*, instal*, coloc*
-fit: desmont*, retir*, remov*, tire, tirar
+upper: superior
-upper: inferior
+front: frente
-front: atrás, traseir*
+high: alto, alta
-high: baixo nível, nível baixo
+push: pression*, empurr*, aperte o botão
-push: pux*
+plus: positivo, positiva
-plus: negativo, negativa
+press: sob pressão, com pressão, pressurizad*
-press: sem pressão, despressuriz*
+same: mesmo, mesma, igual*
-same: diferent*
+clean: limpo, limpa
-clean: sujo, suja
ANY: em qualquer lugar, qualquer pessoa, qualquer um
ELSE: que não sejam, que não seja, outro, outra, outros, outras, fora de
RANGE: entre
=red: vermelh*
=green: verde*
=yellow: amarel*
=orange: laranja
=blue: azul*
=white: branc*
=black: preto*, preta*
"""
