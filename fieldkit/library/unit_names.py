"""What units are called in ten languages, by what they measure; data, no code.

Written by `python -m tests.unit_names`. Names come from the Unicode CLDR, Copyright 2004-2025
Unicode, Inc., under the Unicode License v3 (LICENSE.unicode), and from what people write.
"""

from __future__ import annotations

# By quantity and sign. Names are folded, several words joined by a space, and divided by "|".
NAMES_OF_UNITS = {
    "charge": {
        "Ah": "ah|amp hours|ampere hours|amperestunden",
        "mAh": "mah",
    },
    "current": {
        "A": "amp|ampere|amperes|amperio|amperios|amps",
        "mA": "ma|miliampere|miliamperes|miliamperio|miliamperios|miliamps|milliampere|"
        "milliamperes",
    },
    "frequency": {
        "Hz": "hercio|hercios|hertz|hz",
        "kHz": "khz|kilohercio|kilohercios|kilohertz",
        "MHz": "megahercio|megahercios|megahertz|mhz",
        "GHz": "ghz|gigahercio|gigahercios|gigahertz",
    },
    "length": {
        "km": "chilometri|chilometro|kilometer|kilometers|kilometre|kilometres|kilometro|"
        "kilometros|km|quilometro|quilometros",
        "m": "meter|meters|metre|metres|metri|metro|metros|mtr|mtrs",
        "cm": "centimeter|centimeters|centimetre|centimetres|centimetri|centimetro|"
        "centimetros|cm|zentimeter",
        "mm": "milimetro|milimetros|millimeter|millimeters|millimetre|millimetres|"
        "millimetri|millimetro|mm",
        "µm": "micrometer|micrometers|micrometre|micrometres|micrometri|micrometro|"
        "micrometros|mikrometer|um",
        "mi": "meile|meilen|mi|miglia|miglio|mijl|mile|miles|milha|milhas|milla|millas",
        "yd": "engelsk yard|engelske yard|iarda|iarde|jarda|jardas|yard|yarda|yardas|yards|yd",
        "ft": "feet|fod|foot|fot|ft|fuss|pe|pes|pi|pie|pied|piede|piedi|pieds|pies|voet",
        "in": "in|inch|inches|po|pol|polegada|polegadas|pollice|pollici|pouce|pouces|"
        "pulgada|pulgadas|tomme|tommer|tum|zoll",
        "mil": "mils|thou",
    },
    "mass": {
        "t": "metric ton|metric tons|metrische ton|ton|tonelada|tonelada metrica|"
        "toneladas|toneladas metricas|tonn|tonne|tonnellata metrica|"
        "tonnellate metriche|tonnen|tonnes|tons",
        "kg": "chilogrammi|chilogrammo|kg|kgs|kilo|kilogram|kilogramm|kilogramme|"
        "kilogrammes|kilogramo|kilogramos|kilograms|kilos|quilograma|quilogramas",
        "g": "gram|grama|gramas|gramm|gramme|grammes|grammi|grammo|gramo|gramos|grams",
        "mg": "mg|miligrama|miligramas|miligramo|miligramos|milligram|milligramm|"
        "milligramme|milligrammes|milligrammi|milligrammo|milligrams",
        "lb": "lb|lbs|libbra|libbre|libra|libras|livre|livres|pfund|pound|pounds|pund",
        "oz": "onca|oncas|once|onces|oncia|onza|onzas|ounce|ounces|oz|uns|unse|unser|unze|unzen",
    },
    "noise": {
        "dB": "db|db(a)|dba|decibeis|decibel|decibelios|decibels|dezibel",
    },
    "power": {
        "W": "vatio|vatios|watt|watts",
        "kW": "kilovatio|kilovatios|kilowatt|kilowatts|kw|quilowatt|quilowatts",
        "MW": "megavatio|megavatios|megawatt|megawatts|mw",
        "hp": "bhp|caballo de vapor|caballos de vapor|cavalli vapore|cavallo vapore|"
        "cavalo vapor|cavalos vapor|ch|cheval vapeur|chevaux vapeur|cv|hastkraft|"
        "hastkrafter|hestekraefter|hestekraft|hestekrefter|hk|horsepower|hp|"
        "paardenkracht|paardenkrachten|pferdestarke|pferdestarken|pk|ps",
        "PS": "cv|ps",
        "VA": "va",
        "kVA": "kva",
    },
    "pressure": {
        "bar": "bar|bares|barg|bars",
        "mbar": "mbar|milibar|milibares|millibar|millibars",
        "Pa": "pa|pascais|pascal|pascales|pascals",
        "hPa": "ettopascal|hectopascais|hectopascal|hectopascales|hectopascals|hektopascal|hpa",
        "kPa": "chilopascal|kilopascal|kilopascales|kilopascals|kpa|quilopascais|quilopascal",
        "MPa": "megapascais|megapascal|megapascales|megapascals|mpa",
        "atm": "atm|atmosfaere|atmosfaerer|atmosfar|atmosfarer|atmosfeer|atmosfera|"
        "atmosferas|atmosfere|atmosphare|atmospharen|atmosphere|atmospheres",
        "psi": "lb/po 2|libbra per pollice quadrato|libbre per pollice quadrato|"
        "libra por polegada quadrada|libra por pulgada cuadrada|"
        "libras por polegada quadrada|libras por pulgada cuadrada|"
        "livre force par pouce carre|livres force par pouce carre|"
        "pfund pro quadratzoll|pound force per square inch|pound pr kvadrattomme|"
        "pounds force per square inch|pounds pr kvadrattomme|psi|psig|"
        "pund per kvadrattomme|pund per kvadrattum",
        "kgf/cm²": "kg/cm2|kgf/cm2|kp/cm2",
    },
    "speed": {
        "km/h": "chilometri orari|chilometro orario|kilometer i timen|kilometer per hour|"
        "kilometer per time|kilometer per timme|kilometer per uur|"
        "kilometer pro stunde|kilometers per hour|kilometre par heure|"
        "kilometres par heure|kilometro por hora|kilometros por hora|km/h|km/t|km/u|"
        "kmh|kph|quilometro por hora|quilometros por hora",
        "m/s": "m/s|meter i sekundet|meter per second|meter per seconde|meter per sekund|"
        "meter pro sekunde|meter/s|meters per second|metre par seconde|"
        "metres par seconde|metri al secondo|metro al secondo|metro por segundo|"
        "metros por segundo|metros/seg",
        "mph": "engelsk mil i timen|engelsk mil per time|engelske mil i timen|"
        "engelske mil per time|meile pro stunde|meilen pro stunde|mi/h|"
        "miglia all'ora|miglio all'ora|mijl per uur|mile par heure|mile per hour|"
        "mile per timme|mile/t|mile/timme|miles par heure|miles per hour|miles/t|"
        "milha por hora|milhas por hora|milla por hora|millas por hora|mph",
        "kn": "kn|knob|knoop|knop|knopen|knot|knoten|knots|kt|nd|no|nodi|nodo|"
        "noeud|noeuds|nos|nudo|nudos",
        "rpm": "1/min|min 1|o/min|r/min|rpm|tr/min|u/min",
        "spm": "spm",
    },
    "temperature": {
        "°C": "celsius|centigrade|degc|degre celsius|degree celsius|degrees celsius|"
        "degres celsius|graad celsius|grad celsius|graden celsius|grader celsius|"
        "gradi celsius|grado celsius|grados celsius|grau celsius|graus celsius",
        "°F": "degf|degre fahrenheit|degree fahrenheit|degrees fahrenheit|"
        "degres fahrenheit|fahrenheit|graad fahrenheit|grad fahrenheit|"
        "graden fahrenheit|grader fahrenheit|gradi fahrenheit|grado fahrenheit|"
        "grados fahrenheit|grau fahrenheit|graus fahrenheit",
        "K": "kelvin|kelvins",
    },
    "time": {
        "year": "an|anni|anno|ano|anos|ans|ar|jaar|jahr|jahre|jr|year|years|yr|yrs",
        "month": "maand|maanden|man|manad|manader|maned|maneder|md|mdr|mes|mese|meses|"
        "mesi|mnd|mois|mon|monat|monate|month|months|mth|mths",
        "week": "sem|semaine|semaines|semana|semanas|sett|settimana|settimane|uge|uger|"
        "uke|uker|vecka|veckor|week|weeks|weken|wk|wkn|wks|wo|woche|wochen",
        "day": "dag|dage|dagen|day|days|dia|dias|dogn|dygn|giorni|giorno|jour|jours|tag|tage|tg",
        "h": "heure|heures|hora|horas|hour|hours|hr|ora|ore|std|stunde|stunden|"
        "tim|time|timer|timmar|timme|uur",
        "min": "min|minut|minute|minuten|minuter|minutes|minuti|minuto|minutos|minutt|"
        "minutter|minuut",
        "s": "sec|second|seconde|seconden|secondes|secondi|secondo|seconds|segundo|"
        "segundos|sek|sekund|sekunde|sekunden|sekunder",
        "ms": "milisegundo|milisegundos|milisek|milissegundo|milissegundos|millisecond|"
        "milliseconde|milliseconden|millisecondes|millisecondi|millisecondo|"
        "milliseconds|millisekund|millisekunde|millisekunden|millisekunder|ms",
    },
    "torque": {
        "Nm": "n m|newton meter|newton meters|newton metre|newton metres|newton metri|"
        "newton metro|newton metros|newtonmeter|newtonmeters|newtonmetre|"
        "newtonmetres|newtons metres|nm",
        "lb-ft": "foot pound|foot pounds|footpounds|ft lb|ft lbf|ft lbs|ft/lb|ft/lbs|ftlb|"
        "ftlbs|lb ft|lb/ft|lbf ft|lbft|lbs ft|libbra forza piede|"
        "libbre forza piede|libra pie|libras pies|livre force pied|"
        "livres force pieds|pe libra|pes libra|pound feet|pound foot|"
        "pound force feet|pound force foot|pounds feet",
        "lb-in": "in lb|in lbf|in lbs|inch pound|inch pounds|lb in|lbf in|lbs in|pound inches",
        "kgf·m": "kg m|kgf m|kgm|kp m|kpm|mkg",
        "daNm": "dan m|danm",
    },
    "voltage": {
        "V": "volt|voltio|voltios|volts",
    },
    "volume": {
        "L": "liter|liters|litre|litres|litri|litro|litros|ltr|ltrs",
        "mL": "mililitro|mililitros|milliliter|milliliters|millilitre|millilitres|"
        "millilitri|millilitro|ml",
        "cL": "centiliter|centiliters|centilitre|centilitres|centilitri|centilitro|"
        "centilitros|cl|zentiliter",
        "dL": "deciliter|deciliters|decilitre|decilitres|decilitri|decilitro|decilitros|"
        "desiliter|deziliter|dl",
        "m³": "cubic meter|cubic meters|kubieke meter|kubikkmeter|kubikmeter|m3|"
        "metre cube|metres cubes|metri cubi|metro cubico|metro cubo|metros cubicos",
        "cm³": "cc|ccm|centimetre cube|centimetres cubes|centimetri cubi|centimetro cubico|"
        "centimetro cubo|centimetros cubicos|cm3|cubic centimeter|cubic centimeters|"
        "kubieke centimeter|kubikcentimeter|kubikkcentimeter|kubikzentimeter",
        "in³": "cubic inch|cubic inches|in3|kubieke inch|kubikktomme|kubikktommer|"
        "kubiktomme|kubiktommer|kubiktum|kubikzoll|po 3|pol 3|polegada cubica|"
        "polegadas cubicas|pollice cubo|pollici cubi|pouce cube|pouces cubes|"
        "pulgada cubica|pulgadas cubicas|tomme 3|tommer 3|tum 3",
        "gal": "gal|galao|gallon|gallone|gallonen|galloni|gallons|galoes|galon|galones|gals",
        "qt": "cuarto|cuartos|engelsk quart|engelske quarts|qt|qts|quart|quarti|quarto|"
        "quartos|quarts",
        "pt": "pint|pinta|pintas|pinte|pintes|pints|pt|pte",
        "bbl": "baril|barile|barili|barils|barrel|barrels|barril|barriles|barris|bbl|"
        "fat|td|tdr|tonde|tonder",
    },
}
