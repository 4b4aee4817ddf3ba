"""Questions about the demo's manuals in words that do not stand on the page that answers them."""

from __future__ import annotations

# Words of one meaning: how people say it, and how these manuals do.
GROUPS = (
    ("garbage", "rubbish", "waste"), ("lorry", "truck", "trucks"),
    ("doctor", "physician", "medic", "medical"), ("beer", "whiskey", "alcohol"),
    ("cigarettes", "tobacco", "smoking"), ("sleep", "slumber", "rests", "rest"),
    ("bonding", "earthing", "earth", "earthed"), ("spike", "rod"),
    ("walkie", "talkie", "radio"), ("aerial", "antenna"), ("accumulator", "battery"),
    ("crackles", "hiss", "squelch"), ("muffled", "voices", "poor", "sound"),
    ("burden", "weight", "load", "kg"), ("heavy", "weight"), ("worker", "someone", "person"),
    ("flames", "blaze", "fire", "burning"), ("petrol", "diesel", "fuel"),
    ("quench", "extinguish", "fight", "foam"), ("gather", "assemble", "muster", "stay"),
    ("horn", "siren"), ("paperwork", "form", "report", "reporting"),
    ("injury", "mishap", "accident"), ("spectacles", "goggles", "glasses"),
    ("helmet", "hat"), ("compulsory", "required", "wear"),
    ("slush", "mud"), ("lubricant", "oil", "lube"), ("hammer", "bang", "knock", "knocks"),
    ("inlet", "intake", "suction"), ("sieve", "strainer"), ("rinsed", "washed", "clean"),
    ("sniffer", "detector"), ("body", "chest"), ("adjusted", "calibrate", "calibration"),
    ("dynamo", "generator"), ("loud", "loudness", "noise"), ("repairing", "fixing", "work"),
    ("isolate", "lockout", "locking", "lock"), ("ropes", "sling", "slings"),
    ("hoist", "lifting", "lift"), ("quantity", "capacity"), ("frequently", "every", "hours"),
    ("vehicle", "car", "cars"), ("velocity", "speed"), ("blast", "explosives"),
    ("stink", "odour", "smells", "smell"), ("flee", "escape"), ("bolted", "torque", "tightened"),
    ("nitrogen", "pressurised"), ("dampener", "damper"), ("trash", "waste"),
    ("extract", "lift", "changing"), ("burdens", "weight", "load"),
    ("workers", "person", "persons"),
)  # fmt: skip

# Question, document, page, heading.
ASKED = (
    ("When is garbage picked up by the lorry?", "SH-1", 5, "Waste"),
    ("Where do I find a physician?", "SH-1", 3, "First aid"),
    ("Could I bring beer along?", "SH-1", 1, "Arrival"),
    ("Are cigarettes and tobacco okay?", "SH-1", 1, "Arrival"),
    ("How much slumber should workers get?", "SH-1", 1, "Working hours"),
    ("How far down goes a bonding spike?", "GX-30", 1, "Earthing"),
    ("My walkie talkie crackles, what helps?", "RT-15", 5, "Squelch"),
    ("Voices from my walkie talkie are muffled", "RT-15", 5, "Poor sound"),
    ("Which aerial do I order?", "RT-15", 4, "Antenna and parts"),
    ("How heavy may burdens be for someone?", "SH-1", 4, "Lifting"),
    ("What do I quench petrol flames or a blaze with?", "SH-1", 2, "Fire"),
    ("Where do we gather or assemble?", "SH-1", 2, "Evacuation"),
    ("What paperwork follows an injury or mishap?", "SH-1", 3, "Reporting an accident"),
    ("Are spectacles and a helmet compulsory?", "SH-1", 1, "Protective equipment"),
    ("Where do I extract an accumulator?", "RT-15", 3, "Changing the battery"),
    ("Why does our slush machine hammer and bang?", "PX-204", 9, "Pump knocks"),
    ("How frequently is an inlet sieve rinsed?", "PX-204", 5, "Suction strainer"),
    ("Where along my body belongs a sniffer?", "SD-7", 1, "Use of the gas detector"),
    ("When was my sniffer adjusted?", "SD-7", 4, "Calibration"),
    ("How much stink tells of danger? When do I flee?", "SH-1", 3, "H2S rules"),
    ("Which ropes carry a burden?", "SH-1", 4, "Lifting"),
    ("How loud is our dynamo?", "GX-30", 2, "Engine data"),
)  # fmt: skip
