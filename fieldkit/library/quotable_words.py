"""How a question asks for a place or for what to do, and what answers such a question; data.

Regular expressions for text in lower case without accents, several languages in each.
"""

from __future__ import annotations

import re

WHERE = re.compile(
    r"(?<![^\W_])(?:where|wo|wohin|ou (?:est|se|sont|dois|puis|trouve)|donde|onde|dove|waar"
    r"|hvor (?:er|star|finner|sitter|ligger)|var (?:ar|finns|sitter))(?![^\W_])"
    r"|哪里|在哪|哪儿|どこ"
)
ACTION = re.compile(
    r"(?<![^\W_])(?:how (?:do|to|can|should|is|are|would)|what (?:do|should|must|can) (?:i|we)"
    r"|why|what(?:'s| is) wrong|cause|reason|what happen(?:s|ed)|fix|cure|steps?"
    r"|wie (?:kann|mache|stelle|wird|werden|setze|schalte|muss|gehe|lese|bekomme)"
    r"|was (?:tun|mache|muss)|warum|wieso|woran|ursache|schritte?"
    r"|comment|que faire|pourquoi|como|que (?:hago|hacer|faco|fazer)|por ?que"
    r"|hvordan|hva gjor|hvorfor|come|cosa (?:fare|faccio)|perche|hur|vad gor|varfor)(?![^\W_])"
    r"|怎么|如何|怎样|为什么|为何"
)
PLACE = re.compile(
    r"(?<![^\W_])(?:on|in|at|behind|beside|under|above|below|inside|left|right|front|side|bottom"
    r"|top|near|next|between|located|am|im|an|auf|hinter|neben|unter|uber|links|rechts|dans|sur"
    r"|derriere|sous|gauche|droite|cote|en|detras|debajo|izquierda|derecha|lado|no|na|atras"
    r"|abaixo|esquerda|direita|pa|bak|ved|venstre|hoyre|siden|nel|sul|dietro|sotto|sinistra"
    r"|destra|lato|bakom|vanster|hoger)(?![^\W_])|位于|左|右|上|下|内|旁"
)
DUTY = re.compile(
    r"(?<![^\W_])(?:must|should|shall|need(?:s|ed)? to|have to|has to|never|do not|don't|only"
    r"|muss|mussen|sollte|darf|nicht|doit|doivent|faut|debe|deben|hay que|deve|devem|devera"
    r"|deverao|ma|skal|bor|aldri)(?![^\W_])|必须|应|需要|请|不得|不能"
)
FORBIDS = re.compile(
    r"^(?:\d{1,2}[.)] )?(?:never|do not|don't|nie|niemals|nunca|jamais|ne|aldri|ikke|mai|non|nao"
    r"|no)(?![^\W_])|^(?:不得|禁止|切勿)"
)
"""Begins a statement that says what not to do."""
MAY = re.compile(
    r"(?<![^\W_])(?:may|can|allowed|never|not|darf|kann|puis|peut|peux|puedo|puede|posso|pode|kan"
    r"|far|lov|possiamo)(?![^\W_])|可以|能不能|能否"
)
"""Asks whether something is allowed."""
