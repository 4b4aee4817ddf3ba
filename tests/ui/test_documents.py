"""Own documents on the screen: added, listed, removed, and what is told meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from textual.widgets import OptionList

from fieldkit.chat.context import Background
from fieldkit.chat.shelving import ALL, Outcome
from fieldkit.chat.widgets.composer import Composer
from fieldkit.library.own_catalog import Damaged, Entry
from tests.ui.conftest import FakeLibrary, MakeApp, ready, shown, until
from tests.ui.test_tools import obeyed, told

SIZE = (80, 24)
Show = Callable[[str], None]
Then = Callable[[Outcome], None]


def entry(name: str) -> Entry:
    return Entry(
        name=name,
        source="",
        sha256="",
        size=1,
        added="2026-03-01T08:00:00",
        title="Pump notes",
        revision="",
        pages=3,
    )


@dataclass
class FakeShelving:
    """Keeps names, and tells at once what comes of a change."""

    names: list[str] = field(default_factory=list)
    mends: list[Outcome] = field(default_factory=list)
    broken: bool = False

    def listed(self) -> tuple[Entry, ...]:
        if self.broken:
            raise Damaged("the catalog is damaged", hint="It is mended.")
        return tuple(entry(name) for name in self.names)

    def add(self, path: str, show: Show, then: Then, *, yes: bool = False) -> None:
        if path == "many" and not yes:
            then(Outcome(many=(51, 4_000_000)))
            return
        show(f"Reading {path}")
        self.names.append(path)
        then(Outcome(names={"added": [path]}, refused=[("b.jpg", "it is empty")]))

    def remove(self, name: str, show: Show, then: Then) -> None:
        removed = list(self.names) if name == ALL else [name]
        self.names = [kept for kept in self.names if kept not in removed]
        then(Outcome(names={"removed": removed}))

    def mend(self, show: Show, then: Then) -> None:
        if self.mends:
            then(self.mends.pop())


def background(shelving: FakeShelving) -> Background:
    return Background(shelving=shelving)  # type: ignore[arg-type]  # a fake at the port


async def test_a_document_is_added_listed_and_removed(make_app: MakeApp) -> None:
    shelving = FakeShelving()
    app = make_app(background=background(shelving))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await obeyed(pilot, "/documents")
        await until(pilot, lambda: "None yet" in shown(app), "the empty list")
        await pilot.press("a")
        composer = app.screen.query_one(Composer)
        await until(pilot, lambda: composer.text == "/add ", "the offer")
        await obeyed(pilot, "/add a.md")
        await until(pilot, lambda: "Added to your documents: a.md" in shown(app), "the note")
        assert "Not added: b.jpg: it is empty." in shown(app)
        await obeyed(pilot, "/documents")
        line = "a.md: Pump notes, 3 pages, 2026-03-01"
        await until(pilot, lambda: line in shown(app), "the list")
        await pilot.press("d")
        await until(pilot, lambda: "D again removes it" in shown(app), "the question")
        assert shelving.names == ["a.md"]
        await pilot.press("d")
        await until(pilot, lambda: shelving.names == [], "the removal")
        assert app.screen.query_one(OptionList).option_count == 0
        await pilot.press("escape")
        await until(pilot, lambda: "Removed from your documents: a.md" in shown(app), "the note")


async def test_many_are_added_and_all_are_removed_only_after_a_yes(make_app: MakeApp) -> None:
    shelving = FakeShelving()
    app = make_app(background=background(shelving))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        for command, question, before, after in (
            ("/add many", "Add 51 documents, 4 MB?", [], ["many"]),
            ("/remove --all", "Remove all documents of your own?", ["many"], []),
        ):
            for keys in (["n"], ["down", "enter"]):
                await obeyed(pilot, command)
                await until(pilot, lambda asked=question: asked in shown(app), "the question")
                assert shelving.names == before
                await pilot.press(*keys)
                await until(pilot, lambda: len(app.screen_stack) == 1, "back")
            await until(pilot, lambda names=after: shelving.names == names, "the change")


async def test_commands_without_a_name_are_offered_and_trouble_is_told(make_app: MakeApp) -> None:
    shelving = FakeShelving(broken=True, mends=[Outcome(mended=True)])
    app = make_app(background=background(shelving))
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "Now they are indexed" in shown(app), "the mending")
        app.screen.action_remove_document()  # type: ignore[attr-defined]  # as the palette does
        await until(pilot, lambda: app.screen.query_one(Composer).text == "/remove ", "the offer")
        await obeyed(pilot, "/documents")
        await until(pilot, lambda: "The catalog is damaged. It is mended." in told(app), "told")


async def test_without_a_shelf_it_is_said(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await obeyed(pilot, "/add a.md")
        await until(pilot, lambda: "not available" in "".join(told(app)), "told")


async def test_manuals_that_were_left_out_are_named_with_the_reason(make_app: MakeApp) -> None:
    class Partly(FakeLibrary):
        def left_out(self) -> tuple[tuple[str, str], ...]:
            return (("pumps/scan.pdf", "it holds no text"), ("x\x1b[31m.pdf", "pages 4 and 7"))

    app = make_app(library=Partly())
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        text = shown(app)
        assert "Not searched" in text
        assert "pumps/scan.pdf: it holds no text" in text
        assert "x[31m.pdf: pages 4 and 7" in text
