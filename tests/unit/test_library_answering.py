"""The flow from a question to evidence, request and answer, on the demo's manuals."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fieldkit.core.citation import REFUSAL, State
from fieldkit.core.conversation import Turn, question_content
from fieldkit.core.prompt import Message
from fieldkit.core.release import Assistant
from fieldkit.errors import UsageProblem
from fieldkit.library.answering import Answering
from fieldkit.library.documents import read_folders
from fieldkit.library.index import build
from fieldkit.library.search import Library

DEMO = Path(__file__).parents[2] / "profiles" / "demo"
STUDS = "What torque do the fluid end studs need?"

ASSISTANT = Assistant(
    name="Test",
    language="en",
    system_prompt="Answer from the passages.",
    examples=(),
    model="m.gguf",
    model_name="m",
    quantization="Q4_K_M",
    template="phi3",
    context=1000,
    max_tokens=100,
    library="library.sqlite3",
    passages=2,
    passage_tokens=600,
    evidence_only=True,
)


class WordCounter:
    """The part of an engine that answering uses: one token a word, two a message."""

    def count(self, messages: Sequence[Message]) -> int:
        return sum(len(message.content.split()) + 2 for message in messages)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("library") / "library.sqlite3"
    build(path, read_folders([DEMO / "manuals"]).documents)
    with Library.open(path) as opened:
        yield opened


def answering(library: Library, **changes: object) -> Answering:
    return Answering(replace(ASSISTANT, **changes), library, WordCounter())


def headings(found: Sequence) -> list[str]:
    return [passage.heading for passage in found]


def test_a_question_in_the_manuals_language_is_sent_as_it_is(library: Library) -> None:
    flow = answering(library)
    asked = flow.find(STUDS)
    (system, user) = flow.request([Turn(question=STUDS, passages=asked.passages)]).messages
    assert system.content == ASSISTANT.system_prompt
    assert user.content.endswith(f"\n\nQuestion: {STUDS}")
    assert user.content == question_content(STUDS, asked.passages)


def test_a_question_in_another_language_asks_for_an_answer_in_it(library: Library) -> None:
    flow = answering(library)
    question = "¿Cuál es el par de apriete de los espárragos del fluid end?"
    first = Turn(question=question, passages=flow.find(question).passages, answer="320 Nm [1].")
    _, user = flow.request([first]).messages
    assert user.content.endswith(f"\n\nQuestion: {question}\nAnswer in Spanish.")
    messages = flow.request([first, Turn(question=STUDS)]).messages
    assert messages[1] == user, "what was sent stays as it was, for the engine's cache"
    assert messages[-1].content == f"Question: {STUDS}"


def test_what_is_looked_up_needs_no_engine(library: Library) -> None:
    class Loading:
        def count(self, messages: Sequence[Message]) -> int:
            raise AssertionError("the model is not loaded yet")

    flow = Answering(replace(ASSISTANT, passages=3), library, Loading())
    found = flow.look(STUDS)
    quote = flow.quote(found, STUDS)
    assert quote is not None
    assert quote.text in quote.source(found.passages).text
    assert flow.refusal(STUDS, found=found).quote == quote


def test_what_fits_is_counted_from_the_first_passage(library: Library) -> None:
    passages = answering(library, passages=3).look("mud pump").passages
    assert answering(library, passage_tokens=1).fitting(passages) == 1
    assert answering(library, passage_tokens=10_000).fitting(passages) == len(passages) > 1


def test_the_profile_decides_whether_the_model_is_asked_where_the_manuals_may_answer(
    library: Library,
) -> None:
    found = replace(answering(library).look(STUDS), state=State.PERHAPS)
    assert answering(library).answerable(found)
    shows = answering(library, when_unsure="show")
    assert not shows.answerable(found)
    assert shows.answerable(replace(found, state=State.ANSWERED))
    refusal = shows.refusal(STUDS, found=found)
    assert refusal.nearest == found.passages
    assert refusal.quote is not None


def test_pages_that_are_only_near_are_found_and_not_quoted(library: Library) -> None:
    flow = answering(library)
    found = flow.look("Who won the football championship?")
    assert found.state is State.NONE
    assert flow.find("Who won the football championship?").passages == ()
    assert flow.quote(found, "") is None


def test_evidence_is_bounded_in_number_and_tokens(library: Library) -> None:
    assert len(answering(library).find(STUDS).passages) == 2
    assert len(answering(library, passages=1).find(STUDS).passages) == 1
    assert len(answering(library, passage_tokens=120).find(STUDS).passages) == 1


def test_the_best_passage_stays_even_when_it_exceeds_the_budget(library: Library) -> None:
    assert len(answering(library, passage_tokens=1).find(STUDS).passages) == 1


@pytest.mark.parametrize(
    ("before", "question", "heading"),
    [
        (STUDS, "And the drain plug?", "Torque table"),
        (STUDS, "What about the valve cover bolts?", "Torque table"),
        ("How long does the battery of the gas detector last?", "How is it charged?", "Charging"),
        ("The driller panel shows E 17", "and E 23?", "Fault codes"),
    ],
)
def test_a_follow_up_is_searched_with_the_question_before_it(
    library: Library, before: str, question: str, heading: str
) -> None:
    found = answering(library).find(question, [Turn(question=before)])
    assert headings(found.passages)[0] == heading


def test_a_short_new_question_is_searched_alone(library: Library) -> None:
    found = answering(library).find("medic phone", [Turn(question=STUDS)]).passages
    assert headings(found)[0] == "First aid"


def test_nothing_is_generated_without_evidence_only_if_the_assistant_says_so(
    library: Library,
) -> None:
    strict, free = answering(library), answering(library, evidence_only=False)
    nothing = strict.find("Zebra paragliding quicksilver?")
    assert (nothing.state, nothing.passages) == (State.NONE, ())
    assert not strict.answerable(nothing)
    assert free.answerable(nothing)
    assert strict.answerable(strict.find(STUDS))


def test_a_refusal_without_evidence_offers_the_nearest_pages(library: Library) -> None:
    answer = answering(library).refusal("What does fault code E 44 mean on the mud pump?")
    assert (answer.text, answer.refused, answer.citations) == (REFUSAL, True, ())
    assert headings(answer.nearest)[0] == "Fault codes"


def test_an_answer_cites_what_it_marks(library: Library) -> None:
    flow = answering(library)
    passages = flow.find(STUDS).passages
    answer = flow.finish("320 Nm [2], see [2] and [7].", passages)
    assert answer.citations == (passages[1],)
    assert not answer.refused
    assert answer.nearest == ()


def test_an_answer_that_refuses_offers_what_it_had(library: Library) -> None:
    flow = answering(library)
    passages = flow.find(STUDS).passages
    answer = flow.finish(f"{REFUSAL} [1]", passages)
    assert (answer.refused, answer.citations, answer.nearest) == (True, (), passages)


def test_a_request_carries_system_prompt_history_and_evidence(library: Library) -> None:
    flow = answering(library)
    first = Turn(question="Hello?", answer="Hello.")
    request = flow.request([first, Turn(question=STUDS, passages=flow.find(STUDS).passages)])
    assert [message.role for message in request.messages] == [
        "system", "user", "assistant", "user",
    ]  # fmt: skip
    assert request.messages[-1].content.startswith("[1] PX-204 p. 7, ")
    assert request.messages[-1].content.endswith(f"Question: {STUDS}")
    assert request.max_tokens == 100


def test_a_request_drops_history_before_evidence_and_evidence_before_the_question(
    library: Library,
) -> None:
    passages = answering(library).find(STUDS).passages
    turns = [
        Turn(question="Hello?", passages=passages, answer="word " * 100),
        Turn(question=STUDS, passages=passages),
    ]
    kept = {}
    for context in (1000, 600, 500, 330, 260, 130):
        sent = answering(library, context=context).request(turns).messages
        kept[context] = [message.content.count("PX-204 p. 7") for message in sent]
    assert kept == {
        1000: [0, 2, 0, 2],
        600: [0, 0, 0, 2],
        500: [0, 2],
        330: [0, 2],
        260: [0, 1],
        130: [0, 0],
    }


def test_a_question_too_long_for_the_context_is_refused(library: Library) -> None:
    with pytest.raises(UsageProblem, match="too long: it has to fit into 900 tokens") as raised:
        answering(library).request([Turn(question="word " * 2000)])
    assert raised.value.hint


STORY = (
    "We came to the rig at six in the morning and the weather was bad, so the crane could not lift"
    " the new valve block before noon, and Peter went to fetch the other truck from the yard. "
) * 30


def test_a_long_question_is_searched_by_its_sentences(library: Library) -> None:
    flow = answering(library)
    question = f"{STORY} {STUDS} {STORY}"
    assert len(question) > 5000
    found = headings(flow.find(STUDS).passages)
    assert headings(flow.find(question).passages) == found
    assert headings(flow.find(question, [Turn(question="medic phone")]).passages) == found


def test_a_long_question_without_evidence_is_told_to_be_long(library: Library) -> None:
    flow = answering(library)
    assert flow.find(STORY).state is not State.ANSWERED
    answer = flow.refusal(STORY)
    assert answer.refused
    assert "The question is long" in answer.text
    assert flow.refusal("Zebra paragliding quicksilver?").text == REFUSAL


def test_a_long_conversation_is_seldom_read_again(library: Library) -> None:
    flow = answering(library, context=1500)
    said: list[Turn] = []
    before: list[Message] = []
    again = 0
    for number in range(30):
        question = f"{STUDS} And number {number}?"
        turn = Turn(question=question, passages=flow.find(question).passages)
        sent = list(flow.request([*said, turn]).messages)
        again += sent[: len(before)] != before
        said.append(replace(turn, answer="The studs need 320 Nm [1]."))
        before = [*sent, Message(role="assistant", content=said[-1].answer)]
    assert 0 < again <= 30 / 2
