"""Reading pages as a browser does: the forms on them, their hidden fields, and the text that a person sees."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSEEN = frozenset({"script", "style", "head", "title", "nav", "header", "footer", "template"})


@dataclass
class Form:
    """A form: where it goes, and the values its fields have as the page comes."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class Page(HTMLParser):
    """`forms` in order, and `text`: what is seen in the page's main part, one block a line."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._open_form: Form | None = None
        self._unseen = 0
        self._pieces: list[str] = []
        self._link: str | None = None
        self.feed(html)

    @property
    def text(self) -> str:
        lines = ("".join(self._pieces)).splitlines()
        return "\n".join(line for raw in lines if (line := " ".join(raw.split())))

    def form_to(self, ending: str) -> Form | None:
        """The first form whose action ends with `ending`."""
        return next((form for form in self.forms if form.action.partition("?")[0].endswith(ending)), None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in UNSEEN:
            self._unseen += 1
        if tag == "form":
            self._open_form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open_form)
        elif tag == "a":
            self._link = given.get("href")
        elif tag in ("input", "textarea", "select", "button") and self._open_form is not None:
            self._note_field(tag, given)
        if tag not in ("a", "b", "strong", "em", "span", "small", "input"):
            self._pieces.append("\n")

    def _note_field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self._open_form, given.get("name")
        if form is None or not name:
            return
        form.names.add(name)
        kind = given.get("type", "text")
        if tag == "input" and (kind not in ("checkbox", "radio", "submit") or "checked" in given):
            form.fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag == "form":
            self._open_form = None
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        self._pieces.append(data)
        if self._link is not None and data.strip():
            self.links.append((data.strip(), self._link))
