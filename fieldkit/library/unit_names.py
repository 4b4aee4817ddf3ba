"""What units are called in ten languages, by what they measure; data, no code.

Written by `python -m tests.unit_names`. Names come from the Unicode CLDR, Copyright 2004-2025
Unicode, Inc., under the Unicode License v3 (LICENSE.unicode), and from what people write.
"""

from __future__ import annotations

# Names are folded, several words joined by a space, and divided by "|".
UNIT_NAMES = {
    "charge": "ah|amp hours|ampere hours|amperestunden|mah",
    "current": "amp|ampere|amperes|amperio|amperios|amps|ma|miliampere|miliamperes|"
    "miliamperio|miliamperios|miliamps|milliampere|milliamperes",
    "frequency": "ghz|gigahercio|gigahercios|gigahertz|hercio|hercios|hertz|hz|khz|"
    "kilohercio|kilohercios|kilohertz|megahercio|megahercios|megahertz|mhz",
    "length": "centimeter|centimeters|centimetre|centimetres|centimetri|centimetro|"
    "centimetros|chilometri|chilometro|cm|engelsk yard|engelske yard|feet|fod|"
    "foot|fot|ft|fuss|iarda|iarde|in|inch|inches|jarda|jardas|kilometer|"
    "kilometers|kilometre|kilometres|kilometro|kilometros|km|meile|meilen|meter|"
    "meters|metre|metres|metri|metro|metros|mi|micrometer|micrometers|"
    "micrometre|micrometres|micrometri|micrometro|micrometros|miglia|miglio|mijl|"
    "mikrometer|mile|miles|milha|milhas|milimetro|milimetros|milla|millas|"
    "millimeter|millimeters|millimetre|millimetres|millimetri|millimetro|mils|mm|"
    "mtr|mtrs|pe|pes|pi|pie|pied|piede|piedi|pieds|pies|po|pol|polegada|"
    "polegadas|pollice|pollici|pouce|pouces|pulgada|pulgadas|quilometro|"
    "quilometros|thou|tomme|tommer|tum|um|voet|yard|yarda|yardas|yards|yd|"
    "zentimeter|zoll",
    "mass": "chilogrammi|chilogrammo|gram|grama|gramas|gramm|gramme|grammes|grammi|"
    "grammo|gramo|gramos|grams|kg|kgs|kilo|kilogram|kilogramm|kilogramme|"
    "kilogrammes|kilogramo|kilogramos|kilograms|kilos|lb|lbs|libbra|libbre|"
    "libra|libras|livre|livres|metric ton|metric tons|metrische ton|mg|miligrama|"
    "miligramas|miligramo|miligramos|milligram|milligramm|milligramme|milligrammes|"
    "milligrammi|milligrammo|milligrams|onca|oncas|once|onces|oncia|onza|onzas|"
    "ounce|ounces|oz|pfund|pound|pounds|pund|quilograma|quilogramas|ton|"
    "tonelada|tonelada metrica|toneladas|toneladas metricas|tonn|tonne|"
    "tonnellata metrica|tonnellate metriche|tonnen|tonnes|tons|uns|unse|unser|"
    "unze|unzen",
    "noise": "db|db(a)|dba|decibeis|decibel|decibelios|decibels|dezibel",
    "power": "bhp|caballo de vapor|caballos de vapor|cavalli vapore|cavallo vapore|"
    "cavalo vapor|cavalos vapor|ch|cheval vapeur|chevaux vapeur|cv|hastkraft|"
    "hastkrafter|hestekraefter|hestekraft|hestekrefter|hk|horsepower|hp|kilovatio|"
    "kilovatios|kilowatt|kilowatts|kva|kw|megavatio|megavatios|megawatt|"
    "megawatts|mw|paardenkracht|paardenkrachten|pferdestarke|pferdestarken|pk|ps|"
    "quilowatt|quilowatts|va|vatio|vatios|watt|watts",
    "pressure": "atm|atmosfaere|atmosfaerer|atmosfar|atmosfarer|atmosfeer|atmosfera|"
    "atmosferas|atmosfere|atmosphare|atmospharen|atmosphere|atmospheres|bar|bares|"
    "barg|bars|chilopascal|ettopascal|hectopascais|hectopascal|hectopascales|"
    "hectopascals|hektopascal|hpa|kg/cm2|kgf/cm2|kilopascal|kilopascales|"
    "kilopascals|kp/cm2|kpa|lb/po 2|libbra per pollice quadrato|"
    "libbre per pollice quadrato|libra por polegada quadrada|"
    "libra por pulgada cuadrada|libras por polegada quadrada|"
    "libras por pulgada cuadrada|livre force par pouce carre|"
    "livres force par pouce carre|mbar|megapascais|megapascal|megapascales|"
    "megapascals|milibar|milibares|millibar|millibars|mpa|pa|pascais|pascal|"
    "pascales|pascals|pfund pro quadratzoll|pound force per square inch|"
    "pound pr kvadrattomme|pounds force per square inch|pounds pr kvadrattomme|psi|"
    "psig|pund per kvadrattomme|pund per kvadrattum|quilopascais|quilopascal",
    "speed": "1/min|chilometri orari|chilometro orario|engelsk mil i timen|"
    "engelsk mil per time|engelske mil i timen|engelske mil per time|"
    "kilometer i timen|kilometer per hour|kilometer per time|kilometer per timme|"
    "kilometer per uur|kilometer pro stunde|kilometers per hour|kilometre par heure|"
    "kilometres par heure|kilometro por hora|kilometros por hora|km/h|km/t|km/u|"
    "kmh|kn|knob|knoop|knop|knopen|knot|knoten|knots|kph|kt|m/s|"
    "meile pro stunde|meilen pro stunde|meter i sekundet|meter per second|"
    "meter per seconde|meter per sekund|meter pro sekunde|meter/s|meters per second|"
    "metre par seconde|metres par seconde|metri al secondo|metro al secondo|"
    "metro por segundo|metros por segundo|metros/seg|mi/h|miglia all'ora|"
    "miglio all'ora|mijl per uur|mile par heure|mile per hour|mile per timme|mile/t|"
    "mile/timme|miles par heure|miles per hour|miles/t|milha por hora|"
    "milhas por hora|milla por hora|millas por hora|min 1|mph|nd|no|nodi|nodo|"
    "noeud|noeuds|nos|nudo|nudos|o/min|quilometro por hora|quilometros por hora|"
    "r/min|rpm|spm|tr/min|u/min",
    "temperature": "celsius|centigrade|degc|degf|degre celsius|degre fahrenheit|degree celsius|"
    "degree fahrenheit|degrees celsius|degrees fahrenheit|degres celsius|"
    "degres fahrenheit|fahrenheit|graad celsius|graad fahrenheit|grad celsius|"
    "grad fahrenheit|graden celsius|graden fahrenheit|grader celsius|"
    "grader fahrenheit|gradi celsius|gradi fahrenheit|grado celsius|grado fahrenheit|"
    "grados celsius|grados fahrenheit|grau celsius|grau fahrenheit|graus celsius|"
    "graus fahrenheit|kelvin|kelvins",
    "time": "an|anni|anno|ano|anos|ans|ar|dag|dage|dagen|day|days|dia|dias|dogn|"
    "dygn|giorni|giorno|heure|heures|hora|horas|hour|hours|hr|jaar|jahr|"
    "jahre|jour|jours|jr|maand|maanden|man|manad|manader|maned|maneder|md|"
    "mdr|mes|mese|meses|mesi|milisegundo|milisegundos|milisek|milissegundo|"
    "milissegundos|millisecond|milliseconde|milliseconden|millisecondes|"
    "millisecondi|millisecondo|milliseconds|millisekund|millisekunde|millisekunden|"
    "millisekunder|min|minut|minute|minuten|minuter|minutes|minuti|minuto|"
    "minutos|minutt|minutter|minuut|mnd|mois|mon|monat|monate|month|months|ms|"
    "mth|mths|ora|ore|sec|second|seconde|seconden|secondes|secondi|secondo|"
    "seconds|segundo|segundos|sek|sekund|sekunde|sekunden|sekunder|sem|semaine|"
    "semaines|semana|semanas|sett|settimana|settimane|std|stunde|stunden|tag|"
    "tage|tg|tim|time|timer|timmar|timme|uge|uger|uke|uker|uur|vecka|veckor|"
    "week|weeks|weken|wk|wkn|wks|wo|woche|wochen|year|years|yr|yrs",
    "torque": "dan m|danm|foot pound|foot pounds|footpounds|ft lb|ft lbf|ft lbs|ft/lb|"
    "ft/lbs|ftlb|ftlbs|in lb|in lbf|in lbs|inch pound|inch pounds|kg m|kgf m|"
    "kgm|kp m|kpm|lb ft|lb in|lb/ft|lbf ft|lbf in|lbft|lbs ft|lbs in|"
    "libbra forza piede|libbre forza piede|libra pie|libras pies|livre force pied|"
    "livres force pieds|mkg|n m|newton meter|newton meters|newton metre|"
    "newton metres|newton metri|newton metro|newton metros|newtonmeter|newtonmeters|"
    "newtonmetre|newtonmetres|newtons metres|nm|pe libra|pes libra|pound feet|"
    "pound foot|pound force feet|pound force foot|pound inches|pounds feet",
    "voltage": "volt|voltio|voltios|volts",
    "volume": "baril|barile|barili|barils|barrel|barrels|barril|barriles|barris|bbl|cc|"
    "ccm|centiliter|centiliters|centilitre|centilitres|centilitri|centilitro|"
    "centilitros|centimetre cube|centimetres cubes|centimetri cubi|centimetro cubico|"
    "centimetro cubo|centimetros cubicos|cl|cm3|cuarto|cuartos|cubic centimeter|"
    "cubic centimeters|cubic inch|cubic inches|cubic meter|cubic meters|deciliter|"
    "deciliters|decilitre|decilitres|decilitri|decilitro|decilitros|desiliter|"
    "deziliter|dl|engelsk quart|engelske quarts|fat|gal|galao|gallon|gallone|"
    "gallonen|galloni|gallons|galoes|galon|galones|gals|in3|kubieke centimeter|"
    "kubieke inch|kubieke meter|kubikcentimeter|kubikkcentimeter|kubikkmeter|"
    "kubikktomme|kubikktommer|kubikmeter|kubiktomme|kubiktommer|kubiktum|"
    "kubikzentimeter|kubikzoll|liter|liters|litre|litres|litri|litro|litros|ltr|"
    "ltrs|m3|metre cube|metres cubes|metri cubi|metro cubico|metro cubo|"
    "metros cubicos|mililitro|mililitros|milliliter|milliliters|millilitre|"
    "millilitres|millilitri|millilitro|ml|pint|pinta|pintas|pinte|pintes|pints|"
    "po 3|pol 3|polegada cubica|polegadas cubicas|pollice cubo|pollici cubi|"
    "pouce cube|pouces cubes|pt|pte|pulgada cubica|pulgadas cubicas|qt|qts|quart|"
    "quarti|quarto|quartos|quarts|td|tdr|tomme 3|tommer 3|tonde|tonder|tum 3|"
    "zentiliter",
}
