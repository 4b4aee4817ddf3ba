"""Manuals in Chinese, Japanese, Korean, Thai and their neighbours are found and refused."""

# ruff: noqa: RUF001 - Chinese and Japanese have their own punctuation

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fieldkit.core.citation import State
from fieldkit.library.documents import Document, Page
from fieldkit.library.index import build
from fieldkit.library.language import words
from fieldkit.library.search import Library
from fieldkit.library.terms import terms

PAGES = {
    "zh": (
        "# 扭矩\n\n液力端螺栓的拧紧扭矩为320牛米。每500小时更换机油。停机后先卸压，再打开阀门。",
        "# 安全\n\n启动前检查油位和水位。穿戴防护手套和护目镜。",
        "# 故障\n\n故障代码E17表示机油压力过低，请检查机油泵和滤芯。",
        "# 规格\n\n发动机额定功率为45kW，冷却液容量为12升。使用ＶＧ２２０润滑油。",
        "# 维护\n\n每250小时清洁空气滤清器。如图3所示，拆下盖板。",
        "电池标称电压为24V，禁止短路电池端子。",
    ),
    "ja": (
        "# 保守\n\nオイルは500時間ごとに交換する。潤滑油はVG220を使用する。",
        "# 締付\n\nポンプのフレームボルトは140Nmで締め付けてください。ねじの緩みを点検します。",
        "# 警報\n\nエラーE17は油圧低下を示します。フィルターを清掃してください。",
        "電源を切ってからカバーを外す。",
        "ﾊﾞﾙﾌﾞの漏れを点検する。",
    ),
    "ko": (
        "오일은 500시간마다 교환하십시오. 윤활유는 VG220을 사용합니다.",
        "프레임 볼트는 140Nm 토크로 조입니다.",
        "오류 E17은 유압이 낮음을 나타냅니다. 필터를 청소하십시오.",
        "시동 전에 냉각수 온도를 점검하십시오.",
        "전원을 끄고 덮개를 분리하십시오.",
    ),
    "th": (
        "# น้ำมัน\n\nเปลี่ยนถ่ายน้ำมันทุก500ชั่วโมง ใช้น้ำมันVG220",
        "ขันโบลต์ของโครงปั๊มด้วยแรงบิด 140 นิวตันเมตร",
        "สัญญาณเตือน E17 หมายถึงแรงดันน้ำมันต่ำ",
        "ปิดวาล์วก่อนถอดท่อ",
        "ตรวจสอบระดับน้ำในหม้อน้ำทุกวัน",
    ),
    "lo": (
        "ປ່ຽນນ້ຳມັນທຸກ 500 ຊົ່ວໂມງ",
        "ປິດວາວກ່ອນ",
        "ប្តូរប្រេងរៀងរាល់ ៥០០ ម៉ោង",
        "បិទវ៉ាល់",
        "နာရီ ၅၀၀ တိုင်း ဆီလဲပါ",
        "အဆို့ရှင်ကို ပိတ်ပါ",
    ),
}
Opened = Callable[[str], Library]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = tmp_path_factory.mktemp("unspaced")
    opened: dict[str, Library] = {}

    def library_in(code: str) -> Library:
        if code not in opened:
            opened[code] = _library(folder / code, code, PAGES[code])
        return opened[code]

    yield library_in
    for each in opened.values():
        each.close()


def _library(path: Path, code: str, texts: tuple[str, ...]) -> Library:
    pages = tuple(Page(number=number, text=text) for number, text in enumerate(texts, 1))
    manual = Document(document="D", title="D", revision="", date="", markdown=True, pages=pages)
    build(path, [manual], language=code)
    return Library.open(path)


@pytest.mark.parametrize(
    ("code", "question", "page"),
    [
        ("zh", "螺栓的拧紧扭矩是多少？", 1),
        ("zh", "多久更换机油？", 1),
        ("zh", "机油更换周期", 1),
        ("zh", "怎样检查水位？", 2),
        ("zh", "E17是什么意思", 3),
        ("zh", "冷却液容量是多少", 4),
        ("zh", "发动机的功率", 4),
        ("zh", "VG220", 4),
        ("zh", "空气滤清器多长时间清洁一次？", 5),
        ("zh", "250小时", 5),
        ("zh", "图 3", 5),
        ("zh", "电池电压", 6),
        ("zh", "阀", 1),
        ("ja", "オイルの交換", 1),
        ("ja", "オイルを交換する時期は？", 1),
        ("ja", "VG220", 1),
        ("ja", "フレームボルトは何Nmで締めますか？", 2),
        ("ja", "ねじの緩み", 2),
        ("ja", "E17とは何ですか", 3),
        ("ja", "カバーの外し方", 4),
        ("ja", "バルブの漏れ", 5),
        ("ko", "오일을 언제 교환합니까?", 1),
        ("ko", "프레임 볼트의 토크는 얼마입니까?", 2),
        ("ko", "오류 E17은 무엇입니까?", 3),
        ("ko", "냉각수의 온도를 점검하는 방법", 4),
        ("th", "เปลี่ยนน้ำมันทุกกี่ชั่วโมง", 1),
        ("th", "๕๐๐ ชั่วโมง", 1),
        ("th", "โบลต์โครงปั๊มแรงบิดเท่าไร", 2),
        ("th", "E17 คืออะไร", 3),
        ("th", "ปิดวาล์ว", 4),
        ("lo", "ປ່ຽນນ້ຳມັນ", 1),
        ("lo", "ປິດວາວ", 2),
        ("lo", "ប្តូរប្រេង", 3),
        ("lo", "ဆီလဲ", 5),
    ],
)
def test_the_right_page_is_found_and_is_evidence(
    library: Opened, code: str, question: str, page: int
) -> None:
    assert [passage.page for passage in library(code).search(question)][:1] == [page]


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("zh", "今天天气怎么样"),
        ("zh", "机油多少钱"),
        ("zh", "轮胎的气压是多少"),
        ("zh", "E99是什么意思"),
        ("ja", "今日の天気はどうですか"),
        ("ja", "ラーメンの作り方"),
        ("ja", "タイヤの空気圧はいくつですか"),
        ("ko", "오늘 날씨가 어떻습니까?"),
        ("ko", "타이어 공기압은 얼마입니까"),
        ("th", "อากาศวันนี้เป็นอย่างไร"),
        ("th", "ยางรถยนต์ราคาเท่าไร"),
    ],
)
def test_what_no_page_answers_is_not_answered(library: Opened, code: str, question: str) -> None:
    assert library(code).find(question).state is not State.ANSWERED


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("zh", "今天天气怎么样"),
        ("ja", "今日の天気はどうですか"),
        ("ko", "오늘 날씨가 어떻습니까?"),
    ],
)
def test_what_is_about_something_else_is_refused(library: Opened, code: str, question: str) -> None:
    assert library(code).search(question) == ()


def test_such_a_manual_is_found_in_a_library_of_another_language(tmp_path: Path) -> None:
    with _library(tmp_path / "mixed", "en", (*PAGES["zh"], "Grease the bearings daily.")) as mixed:
        assert [passage.page for passage in mixed.search("更换机油")][:1] == [1]
        assert [passage.page for passage in mixed.search("greasing of bearings")] == [7]


def test_synonyms_of_such_a_language_are_found(tmp_path: Path) -> None:
    manual = Document(
        document="D",
        title="D",
        revision="",
        date="",
        pages=(Page(number=1, text="钻井泵的维护"), Page(number=2, text="检查油位")),
    )
    build(tmp_path / "a", [manual], language="zh", synonyms=(("泥浆泵", "钻井泵"),))
    with Library.open(tmp_path / "a") as library:
        assert [passage.page for passage in library.search("泥浆泵")] == [1]


def test_words_are_pairs_where_no_spaces_are() -> None:
    assert words("更换机油 VG220") == ["更换", "换机", "机油", "VG220"]
    assert words("更换 oil", indexed=True) == ["更换", "换", "oil"]
    assert words("มันนี่") == ["มัน", "นนี่"]


def test_a_question_asks_for_its_words_and_not_for_its_grammar() -> None:
    assert [term.text for term in terms("螺栓的扭矩是多少？")] == ["螺栓", "扭矩"]
    assert [term.text for term in terms("볼트의 토크는?")] == ["볼트", "토크"]
    (alone,) = terms("阀的")
    assert (alone.text, alone.begins) == ("阀", True)
