"""Words of made-up manuals: what machines, parts, actions, units and places are called."""

from __future__ import annotations

import random


def listed(text: str) -> list[str]:
    """The names in ``text``, which stands between bars over several lines."""
    return [name.strip() for name in text.replace("\n", "").split("|")]


MACHINES = listed(
    """
    winch|pump|compressor|crane|conveyor|drill|lathe|boiler|chiller|mixer|crusher|
    hoist|press|excavator|forklift|generator|welder|gearbox|turbine|blower|fan|heater|
    dryer|loader|tractor|mud pump|shaker|centrifuge|degasser|top drive|rotary table|
    drawworks|gas detector|radio|scanner|printer|camera|charger|inverter|transformer|
    air compressor|water pump|fuel pump|pressure washer|chain saw|concrete saw|light tower|
    air dryer|oil cooler|trencher|grader|roller|drone|sonar|pipe cutter|test bench|oven|
    kiln|sand filter|feeder|separator|elevator|gate|lift|tower crane|snow blower|
    ice drill|pallet truck|hydraulic unit|power pack|robot|saw mill|packing machine|
    flow meter|level gauge|analyzer|weather station|truck|trailer|boat engine|
    outboard motor|satellite phone|beacon|projector|control unit
    """
)

MODIFIERS = listed(
    """
    front|rear|upper|lower|left|right|inner|outer|main|spare|long|short|small|large|
    fluid end|power end|suction|discharge|intake|exhaust|oil|fuel|water|air|coolant|
    drain|bleed|relief|check|drive|idler|brake|clutch|steering|hydraulic|pilot|
    pressure|return|cooling|control|start|safety|lock|guide|support|clamp|cable|chain|
    rope|belt|bearing|gear|motor|engine|valve|piston|liner|cylinder|crosshead|rod|
    wheel|axle|hub|track|bucket|boom|hook|drum|mast|cabin|door|seat|battery|charger|
    antenna|speaker|sensor|filter|dust|test|gas|steam|vacuum|nitrogen|lube oil|
    radiator|fan|shaft|spindle|feed|cutter|blade|nozzle|hopper|screen|mesh|tank|hose|
    pipe|flange|cover|housing|panel|display|fuse|relay|switch|lamp|horn|camera|radio|
    tool|grease|wear|pulley|spring|damper|glow|injector|manifold|throttle|governor|
    magnetic|ceramic|copper|steel|rubber|yellow|red|blue|green|black
    """
)

NOUNS = listed(
    """
    bolt|bolts|nut|nuts|screw|screws|stud|studs|pin|pins|plug|plugs|cap|valve|
    valve seat|seal|seals|gasket|O-ring|ring|washer|bearing|bearings|bushing|sleeve|
    shaft|rod|piston|pistons|liner|liners|filter|strainer|hose|hoses|pipe|tube|clamp|
    clamps|bracket|plate|cover|housing|flange|coupling|belt|chain|rope|cable|wheel|
    pulley|gear|pinion|spring|damper|lever|handle|pedal|knob|button|switch|relay|fuse|
    lamp|sensor|gauge|probe|antenna|battery|charger|cradle|motor|fan|pump|tank|drum|
    bucket|hook|blade|nozzle|grille|screen|mesh|guard|door|latch|lock|key|tag|label|
    panel|display|terminal|contact|brush|rotor|stator|coil|injector|manifold|thermostat|
    radiator|cooler|heater|regulator|governor|breaker|cylinder|cartridge|element|bladder|
    diaphragm|disc|pad|shoe|liner cage|adapter|tool|cup|line|outlet|inlet|port|elbow|
    joint|lid|tray|rail|roller|carriage|spindle|head|foot|arm|leg|block|frame|stand|
    magnet|lens|clip|strap|belt clip|rack|tip|wick|mat|mask|glove|filter element|
    packing|wear ring
    """
)

ATTRIBUTES = {
    "pressure": "bar|kPa|MPa|psi",
    "temperature": "degrees C",
    "weight": "kg|g|t",
    "length": "mm|cm|m",
    "width": "mm|cm|m",
    "height": "mm|m",
    "diameter": "mm|cm",
    "thickness": "mm",
    "speed": "rpm|m per minute|strokes per minute|km per hour",
    "voltage": "V|kV",
    "current": "A|mA",
    "power": "kW|W|kVA",
    "frequency": "Hz|MHz|kHz",
    "capacity": "liters|Ah|kg|m3",
    "oil capacity": "liters",
    "volume": "liters|ml",
    "flow": "liters per minute|m3 per hour",
    "torque": "Nm",
    "clearance": "mm",
    "play": "mm",
    "resistance": "ohm",
    "noise level": "dB",
    "range": "km|m",
    "battery life": "hours",
    "warm up time": "seconds|minutes",
    "load": "kg|t|percent",
    "tension": "N|kN",
    "humidity": "percent",
    "mesh size": "mm",
    "charge voltage": "V",
    "opening pressure": "bar",
    "stroke": "mm",
    "gap": "mm",
    "angle": "degrees",
    "service life": "hours|years|months",
    "maximum pressure": "bar|psi",
    "minimum pressure": "bar",
    "maximum temperature": "degrees C",
    "minimum temperature": "degrees C",
    "maximum speed": "rpm|km per hour",
    "minimum speed": "rpm",
    "maximum load": "kg|t",
    "maximum weight": "kg|t",
    "rated power": "kW|kVA",
    "rated current": "A",
    "rated voltage": "V",
    "normal pressure": "bar",
    "working height": "m",
    "dry weight": "kg",
}

CODES = {
    "part number": "{A}-{n3}|{A}{A}-{n4}|{n5}-{A}|{A}-{n4}",
    "thread": "M{t}x{p}",
    "size": "{A}{n2}|M{t}",
    "oil grade": "ISO VG {v}|SAE {v}",
    "tool": "tool T-{n2}|tool {A}{n3}",
    "form": "form F-{n2}",
    "serial prefix": "{A}{A}{n2}",
    "protection class": "IP{n2}",
    "color": "red|green|yellow|blue|white|black|orange|grey|brown|amber",
    "material": "steel|bronze|rubber|nylon|aluminium|cast iron|copper|brass|carbon fibre|plastic",
    "grease": "lithium grease NLGI {n1}|grease {A}{n2}",
}

ACTIONS = listed(
    """
    replace|clean|check|inspect|grease|drain|test|change|tighten|measure|calibrate|
    adjust|flush|lubricate|wash|empty|fill|drain|rotate|align|bleed|charge|paint|
    weigh|sharpen|wipe|vent|purge
    """
)

PARTICIPLES = {
    "cut": "cut",
    "drain": "drained",
    "flush": "flushed",
    "fit": "fitted",
    "keep": "kept",
    "put": "put",
    "set": "set",
    "hold": "held",
    "wear": "worn",
    "run": "run",
    "give": "given",
    "take": "taken",
    "wrap": "wrapped",
    "ship": "shipped",
    "stop": "stopped",
    "send": "sent",
    "throw": "thrown",
    "vent": "vented",
    "empty": "emptied",
    "lift": "lifted",
    "do": "done",
    "write": "written",
}

PLACES = listed(
    """
    on the left side of the frame|behind the rear door|under the seat|on the control panel|
    in the tool box|beside the main switch|above the drum|at the north gate|in the store room|
    on the roof|below the tank|behind the front grille|in the battery box|
    next to the oil cooler|in the blue cabin|between the pump and the motor|
    on top of the housing|at the end of the boom|inside the cover|in the workshop|
    beside the muster point|in the control room|near the inlet|on the mast|
    at the back of the housing|in the red drum|in the upper rack|behind the driver seat
    """
)

INTERVALS = "hours|days|weeks|months|years|shifts|cycles|minutes|km"

REASONS = listed(
    """
    when it leaks|when it has cracks|when the seal is torn|after a fall|after each shift|
    before each start|before the shift|when the lamp flashes|while the oil is warm|
    when the gauge reads zero|with a soft brush|with clean water|with a wet cloth|by hand|
    in a cross pattern|with dry air|with tool {tool}|only in clean air|
    only when the machine is stopped|after each use|every week|every month|every shift|
    every morning|if frost is expected|with a new gasket|with a torque wrench|
    before it is fitted|when the alarm sounds|with the key switch off|with thread oil|
    without load|until it clicks|until clean oil comes|up to the upper mark
    """
)

MEANINGS = listed(
    """
    low oil pressure|high coolant temperature|motor overload|low suction pressure|door open|
    battery too hot|wrong battery|no signal|sensor fault|antenna fault|over voltage|
    low voltage|blocked filter|low fuel level|phase missing|emergency stop pressed|
    belt slipping|high vibration|low flow|zero fault|communication lost|memory full|
    brake not released|overspeed|earth fault|low gas|fan fault|lamp fault|leak in the line|
    valve stuck|limit switch reached|high current|calibration overdue|cover open|
    water in the fuel|rope slack|chain worn|heater fault|encoder fault|tank empty|tank full
    """
)

CURES = listed(
    """
    call the electrician|refuel the machine|clean the filter|replace the sensor|
    check the oil level|lower the speed|let it cool|check the fuse|close the door|
    replace the lamp|tighten the belt|send it to the workshop|start again|open the valve|
    charge the battery|check the cable|drain the water|call the workshop|reset the panel|
    use low power|check the hoses|fill the tank|stop the motor
    """
)

HEADINGS = listed(
    """
    Technical data|Limits|Maintenance|Service intervals|Torque table|Fault codes|Operation|
    Starting|Stopping|Safety|Lubrication|Parts|Spare parts|Checks|Cleaning|Storage|
    Transport|Battery|Settings|Cooling|Electrical data|Dimensions|Inspection|Alarm levels|
    Adjusting|Overview|Filters|Drive|Before the start|After the shift|Emergency|Tools|
    Fuel system|Hydraulics|Hoses and clamps|Rules|Pressure test|Liquids|Weights|Fittings|
    Replacing parts|Sensors|Valves
    """
)

_ONSETS = listed("b|br|c|ch|cl|d|dr|f|fl|g|gr|h|j|k|kl|l|m|n|p|pl|pr|qu|r|s|sh|sk|sl|st|t|tr|v|w|z")
_VOWELS = listed("a|e|i|o|u|ai|ea|oo|ou|y")
_CODAS = listed("b|ck|d|f|g|l|ll|m|n|nd|ng|nt|p|r|rd|rk|rn|s|sh|st|t|th|x|z")


def invented(rng: random.Random) -> str:
    """A word nobody has seen, so that only copying gets it right."""
    word = ""
    for _ in range(rng.choice((1, 2, 2, 2, 3))):
        word += rng.choice(_ONSETS) + rng.choice(_VOWELS)
        if rng.random() < 0.5:
            word += rng.choice(_CODAS)
    return word if len(word) > 2 else word + "n"


def part(rng: random.Random) -> str:
    """The name of a part: ``oil filter``, ``rear drive chain``, ``velmo ring``."""
    chance = rng.random()
    if chance < 0.15:
        return rng.choice(NOUNS)
    if chance < 0.28:
        return f"{invented(rng)} {rng.choice(NOUNS)}"
    if chance < 0.42:
        first, second = rng.sample(MODIFIERS, 2)
        return f"{first} {second} {rng.choice(NOUNS)}"
    return f"{rng.choice(MODIFIERS)} {rng.choice(NOUNS)}"


def machine(rng: random.Random) -> str:
    """The name of a machine."""
    if rng.random() < 0.12:
        return f"{invented(rng)} {rng.choice(MACHINES)}"
    return rng.choice(MACHINES)


def number(rng: random.Random) -> str:
    """A number as manuals print it."""
    chance = rng.random()
    if chance < 0.25:
        return str(rng.randint(2, 30))
    if chance < 0.5:
        return str(rng.randint(11, 99))
    if chance < 0.75:
        return str(rng.choice((rng.randint(100, 999), 10 * rng.randint(10, 99))))
    if chance < 0.88:
        return f"{rng.randint(0, 60)}.{rng.randint(1, 9)}"
    if chance < 0.92:
        return f"0.{rng.randint(1, 99):02d}"
    return str(rng.choice((rng.randint(1000, 9999), 50 * rng.randint(20, 199))))


def value(rng: random.Random, units: str) -> str:
    """A number with one of ``units``."""
    unit = rng.choice(units.split("|"))
    sign = "-" if unit == "degrees C" and rng.random() < 0.25 else ""
    return f"{sign}{number(rng)} {unit}"


def code(rng: random.Random, patterns: str) -> str:
    """A code from one of the ``patterns`` of ``CODES``."""
    text = rng.choice(patterns.split("|"))
    while "{A}" in text:
        text = text.replace("{A}", rng.choice("ABCDEFGHKLMNPRSTVWX"), 1)
    for digits in range(1, 6):
        text = text.replace(f"{{n{digits}}}", str(rng.randint(10 ** (digits - 1), 10**digits - 1)))
    text = text.replace("{t}", rng.choice(("4", "5", "6", "8", "10", "12", "16", "20", "22", "30")))
    text = text.replace("{p}", rng.choice(("0.7", "1", "1.25", "1.5", "1.75", "2", "2.5", "3")))
    return text.replace(
        "{v}", rng.choice(("10", "15", "22", "32", "46", "68", "100", "220", "15W-40"))
    )


def fault_code(rng: random.Random) -> str:
    """The name of a fault: ``E 17``, ``F 204``."""
    return f"{rng.choice('EEEFAH')} {rng.choice((rng.randint(1, 99), rng.randint(100, 499))):02d}"


def document(rng: random.Random) -> str:
    """The identity of a manual: ``PX-204``."""
    letters = "".join(rng.choice("ABCDEFGHKLMNPRSTVWX") for _ in range(rng.choice((1, 2, 2, 3))))
    return f"{letters}-{rng.choice((rng.randint(1, 99), rng.randint(100, 999)))}"


def cap(text: str) -> str:
    """``text`` with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def a(text: str) -> str:
    """``text`` with its indefinite article."""
    return f"{'an' if text[:1].lower() in 'aeio' else 'a'} {text}"
