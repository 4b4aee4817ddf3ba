"""Words that turn, soften or restrict a statement in Portuguese; data, no code."""

TEXT = """
MARKS: os as que do da uma com para em não deve se um ao na no dos das está como seu por são
OTHER: a partir daí, desde então, por isso
OTHER: nota, aviso,
  atenção, importante, por, para, parte, partes
PURPOSE: para evitar, para que não, caso contrário, do contrário, a fim de evitar, para não,
  senão, para impedir
NEED: necessário, necessária, é necessário, é necessária, precisa, precisam, precisa de, requer,
  requerem, obrigatório, obrigatória, é obrigatório, exigido, exige, é preciso, preciso,
  imprescindível, indispensável, há que
NEEDNOT: pode ser omitido, pode ser omitida, dispensável, desnecessário, desnecessária, dispensar,
  dispensa
HEDGE: convém, é aconselhável, aconselha se, aconselhável, sugere se, se desejar, se quiser,
  se possível, é bom, é boa ideia, de preferência, preferencialmente, idealmente, o ideal é,
  a seu critério, recomenda se, recomendado, recomendada, é melhor, opcional
MAX: não passe de, não passar de, não ultrapassar, não ultrapasse, não exceder, não exceda,
  não passa de, nunca exceder, nunca passe de, nunca ultrapasse
ONEONLY: só um, só uma, apenas um, apenas uma, somente um, somente uma, um único, uma única
MANY: vários, várias, múltiplos, múltiplas, mais de um, mais de uma, ambos, ambas, os dois, as duas,
  os três, todos os, todas as
ANY: qualquer, quaisquer, todo mundo, todos, todas, toda pessoa
EVEN: mesmo se, mesmo que, mesmo com, mesmo sem, mesmo quando, ainda que, independentemente,
  não importa, tanto faz, também com, também sem, também quando, a qualquer momento, apesar de,
  em qualquer caso, inclusive
AFTER: depois da, depois das, depois dos, após a, após o, após as, após os, ao terminar, ao concluir
BEFORE: antes das, antes dos
=x1: uma vez ao, uma vez por, uma vez a, uma só vez, apenas uma vez, uma vez cada
=x2: duas vezes
=x3: três vezes
+begin: no início, no começo, o primeiro, a primeira
-begin: no final, no fim, o último, a última
+enable: habilit*, ativ*, ativad*
-enable: desabilit*, desativ*, inativ*
+join: junto, juntos, juntas, ao mesmo tempo, simultaneamente, em conjunto
-join: separadamente, separad*, um por um
+new: novo, nova, novos, novas
-new: reutiliz*, reaproveit*, velho, velha, velhos, usado, usada, usados, usadas
+visible: visív*
-visible: ocult*, escondid*, invisív*
+vertical: vertical*
-vertical: horizontal*
+inlet: entrada*
-inlet: saída*
+series: em série
-series: em paralelo
+auto: automátic*
-auto: manual*, à mão
+near: perto, perto de, próximo a, próximo de, ao lado de, junto a, junto de
-near: longe, longe de, afastad*
+lit: acend*, aces*
-lit: apag*
+charge: carregar, carregue, carregad*
-charge: descarreg*
+damaged: danificad*, avariad*, defeituos*
-damaged: intact*, em bom estado
+trained: qualificad*, autorizad*, capacitad*, treinad*
-trained: não qualificad*, sem formação
+fast: rápid*
-fast: lent*, devagar
+save: salvo, salva, guardad*, gravad*
-save: apagad*, perdid*
+include: incluíd*, inclu*, cobr*
-include: excluíd*, exclu*
USE: use, usar, usa, usam, usado, utilize, utilizar, utiliza, utilizado, utilizados
INCLUDING: incluindo, inclusive
OTHER: vivamente, fortemente
EVEN: seja qual for, qualquer que seja, por mais
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
