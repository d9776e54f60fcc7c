"""How the journey is told: chapters, moments, bubbles of what people read and write, small tables.

A `Story` only writes; facts come from the journey. Parallel journeys each get a story of their own that is told when its turn comes.
"""

from collections.abc import Callable, Sequence

from deploy.local.demo.terminal import WIDTH, Terminal, columns, pad, wrap

TIME_COLUMN = 7
BUBBLE_WIDTH = 72


class Story:
    """Tells to `terminal`, or keeps the telling for later when `held`."""

    def __init__(self, terminal: Terminal, *, held: bool = False) -> None:
        self.terminal = terminal
        self._held: list[Callable[[], None]] | None = [] if held else None

    def release(self) -> None:
        """Tell what was held."""
        held, self._held = self._held or [], None
        for tell in held:
            tell()

    def chapter(self, title: str, english: str) -> None:
        """A heading across the page."""
        self._later(lambda: self._chapter(title, english))

    def moment(self, at: str, text: str, english: str = "") -> None:
        """Something happens: `at` is a time such as 24:40, or empty."""
        self._later(lambda: self._moment(at, text, english))

    def bubble(self, speaker: str, text: str, style: str = "cyan") -> None:
        """The very text that somebody wrote or was shown."""
        self._later(lambda: self._bubble(speaker, text, style))

    def note(self, text: str, *styles: str) -> None:
        """A line below a moment."""
        self._later(lambda: self._note(text, styles))

    def bar(self, label: str, value: float, share: float, text: str) -> None:
        """A reason with its number: `share` (-1..1) is its part of the longest bar."""
        self._later(lambda: self._bar(label, value, share, text))

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Columns as wide as their widest cell; the last columns are aligned right when they are numbers."""
        self._later(lambda: self._table(heads, rows))

    def _later(self, tell: Callable[[], None]) -> None:
        if self._held is None:
            tell()
        else:
            self._held.append(tell)

    def _chapter(self, title: str, english: str) -> None:
        t = self.terminal
        rest = WIDTH - columns(title) - columns(english) - 7
        t.line()
        t.line(
            f"{t.paint('──', 'dim')} {t.paint(title, 'bold')} {t.paint('─' * max(2, rest) + ' ' + english, 'dim')}"
        )
        t.line()

    def _moment(self, at: str, text: str, english: str) -> None:
        t = self.terminal
        lines = wrap(text, WIDTH - TIME_COLUMN - 2)
        side = english and columns(lines[-1]) + columns(english) + TIME_COLUMN + 4 <= WIDTH
        for n, line in enumerate(lines):
            stamp = t.paint(pad(at if n == 0 else "", TIME_COLUMN), "bold", "yellow")
            last = side and n == len(lines) - 1
            t.line(f"{stamp}{line}{t.paint('  ' + english, 'dim') if last else ''}")
        if english and not side:
            self._note(english, ("dim",))

    def _bubble(self, speaker: str, text: str, style: str) -> None:
        t = self.terminal
        margin = " " * TIME_COLUMN
        t.line(f"{margin}{t.paint('╭─ ' + speaker, style)}")
        for line in wrap(text, BUBBLE_WIDTH):
            t.line(f"{margin}{t.paint('│', style)} {line}")
        t.line(f"{margin}{t.paint('╰─', style)}")

    def _note(self, text: str, styles: Sequence[str]) -> None:
        for line in wrap(text, WIDTH - TIME_COLUMN - 1):
            self.terminal.line(" " * TIME_COLUMN + self.terminal.paint(line, *styles))

    def _bar(self, label: str, value: float, share: float, text: str) -> None:
        t = self.terminal
        length = max(1, round(abs(share) * 12)) if value else 0
        drawn = pad("▇" * length, 12)
        margin = " " * (TIME_COLUMN + 3)
        lead = f"{value:+5.0f} {t.paint(drawn, 'green' if value >= 0 else 'red')} "
        width = WIDTH - TIME_COLUMN - 3 - 19
        for n, line in enumerate(wrap(text or label, width)):
            t.line(f"{margin}{lead if n == 0 else ' ' * 19}{line}")

    def _table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        t = self.terminal
        widths = [max(columns(cell) for cell in column) for column in zip(heads, *rows, strict=True)]
        numeric = [bool(rows) and all(_is_number(row[n]) for row in rows) for n in range(len(heads))]
        for n, cells in enumerate((heads, *rows)):
            line = "  ".join(
                _aligned(c, w, right) for c, w, right in zip(cells, widths, numeric, strict=True)
            )
            t.line("  " + t.paint(line, *(("bold",) if n == 0 else ())))


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace("-", "", 1).replace("—", "0").isdigit()


def _aligned(cell: str, width: int, right: bool) -> str:
    return " " * (width - columns(cell)) + cell if right else pad(cell, width)
