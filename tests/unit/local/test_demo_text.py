"""How the sample journey is written on a terminal, and how it reads pages and times."""

import io
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from deploy.local.demo.forms import Page
from deploy.local.demo.story import Story
from deploy.local.demo.terminal import NOT_AT_LINE_START, WORD, Terminal, columns, wrap
from deploy.local.demo.world import service_time, tonight

JAPANESE = st.text(alphabet="あいう漢字、。」ーabc 12", max_size=120)


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_wide_characters_take_two_columns() -> None:
    assert columns("夜の24:30") == 2 + 2 + 5


@given(JAPANESE, st.integers(8, 40))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    lines = wrap(text, width)
    hanging = 2 * max((len(line) - len(line.rstrip(NOT_AT_LINE_START)) for line in lines), default=0)
    # an address is kept whole, so that it can be copied
    assert all(columns(line) <= width + hanging or WORD.fullmatch(line.strip()) for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(JAPANESE, st.integers(8, 40))
def test_no_line_begins_with_a_closing_mark(text: str, width: int) -> None:
    _, *rest = wrap(text.lstrip(NOT_AT_LINE_START + " "), width)
    assert not any(line and line[0] in NOT_AT_LINE_START for line in rest)


def test_colours_only_on_a_terminal_and_never_with_no_color() -> None:
    assert "\x1b[" in Terminal(Screen(), {}).paint("あ", "bold")
    assert Terminal(Screen(), {"NO_COLOR": "1"}).paint("あ", "bold") == "あ"
    assert Terminal(Screen(), {"TERM": "dumb"}).paint("あ", "bold") == "あ"
    assert Terminal(io.StringIO(), {}).paint("あ", "bold") == "あ"


def test_a_held_story_is_told_when_it_is_released() -> None:
    paper = io.StringIO()
    story = Story(Terminal(paper, {}), held=True)
    story.moment("24:40", "友だち登録をします。")
    assert paper.getvalue() == ""
    story.release()
    assert paper.getvalue() == "24:40  友だち登録をします。\n"


def test_hours_before_six_belong_to_the_day_before() -> None:
    assert service_time(datetime(2026, 12, 1, 15, 40, tzinfo=UTC)) == (date(2026, 12, 1), "24:40")
    assert service_time(datetime(2026, 12, 1, 21, 0, tzinfo=UTC)) == (date(2026, 12, 2), "6:00")
    assert tonight(date(2026, 12, 1), 24, 40) == datetime(2026, 12, 1, 15, 40, tzinfo=UTC)


def test_a_page_is_read_as_a_browser_reads_it() -> None:
    page = Page(
        """<head><title>x</title></head><main><h1>相談</h1><p>どう<b>しました</b>か</p>
        <form method="post" action="/chat/messages?x=1"><input type="hidden" name="key" value="k1">
        <textarea name="text"></textarea><input type="checkbox" name="no"><button>送る</button></form></main>"""
    )
    assert page.text == "相談\nどうしましたか\n送る"
    form = page.form_to("/chat/messages")
    assert form is not None
    assert (form.method, form.fields, form.names) == ("post", {"key": "k1"}, {"key", "text", "no"})
