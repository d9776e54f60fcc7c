"""Chapter one: a message in the middle of the night, and an answer at once."""

import re
from typing import Any

from deploy.local.demo.expecting import JourneyBroke, expect
from deploy.local.demo.person import action_on, form_on, text_of
from deploy.local.demo.walk import Walk

LINK = re.compile(r"https?://\S+/intake/enter/[\w-]+")
WORRY_A = "夜しか時間がなくて、パートを転々としています。家賃もきつい"


async def follows_on_line(walk: Walk) -> None:
    """The resident adds the LINE account and is greeted by the free reply."""
    step = "LINE: greeting"
    walk.mark("follow")
    await walk.person.does_in_line("follow")
    walk.tell("夜しか時間のない人が、LINEで友だち登録をします。", "follows the LINE account (signed webhook)")
    (greeting,) = await walk.person.reads_line(step)
    expect(greeting["via"] == "reply", step, "the free reply", greeting["via"])
    walk.facts.greeting = greeting
    walk.story.bubble("LINE（見本市A）", text_of(greeting), "green")


async def takes_the_link(walk: Walk) -> None:
    """A tap on 「相談する」 brings a one-time link; opening it alone does not use it up."""
    step = "LINE: one-time link"
    action = action_on(walk.facts.greeting, "相談", step)
    if action["type"] == "postback":
        await walk.person.does_in_line("postback", data=action["data"])
    else:
        await walk.person.does_in_line("message", text=action["text"])
    walk.tell(f"［{action['label']}］を押します。", "a tap asks for a one-time link")
    (message,) = await walk.person.reads_line(step)
    walk.facts.link = _link_in(message, step)
    walk.story.bubble("LINE（見本市A）", text_of(message), "green")
    async with walk.world.browser(walk.person.tenant) as program:
        preview = await program.get(walk.facts.link)
    expect(
        preview.status_code == 200, step, "a program that previews links to see the page", preview.status_code
    )
    page = await walk.person.opens(walk.facts.link, step)
    form = form_on(page, walk.facts.link.rpartition("/")[2], step)
    await walk.person.sends(form, "one-time link: enter")
    walk.know_resident()
    again = await walk.person.browser.request(form.method.upper(), form.action, data=form.fields)
    expect(again.status_code >= 400, step, "the link to work only once", f"HTTP {again.status_code}")
    walk.tell(
        "ひらくのは一度だけのリンク。名前は聞かれません。", "the link works once; nobody asks for a name"
    )


def _link_in(message: dict[str, Any], step: str) -> str:
    found = LINK.search(text_of(message))
    if found is None:
        raise JourneyBroke(step, "a one-time link in the message", text_of(message))
    return found.group()


async def tells_the_worry(walk: Walk, worry: str, *, english: str, parts: int = 3) -> None:
    """Write on the chat page as a browser does, and read the answer; `parts` of it are told."""
    step = "chat: answer"
    page = await walk.person.opens("/intake/chat", "chat: page")
    form = form_on(page, "/chat/messages", step)
    walk.facts.question = worry
    walk.mark("asked")
    shown = await walk.person.sends(form, step, text=worry)
    walk.mark("answered")
    walk.tell("チャットのページに、こう書きました。", english)
    walk.story.bubble("わたし", worry, "yellow")
    expect(worry in shown.text, step, "the page to show what was written", shown.text[-300:])
    talk = await walk.person.asks("GET", "/intake/v1/me/messages", step)
    walk.facts.answer = next(m for m in reversed(talk["data"]) if m.get("answer"))
    _tell_answer(walk, parts)


def _tell_answer(walk: Walk, parts: int) -> None:
    answer = walk.facts.answer["answer"]
    lines = []
    for part in answer["parts"][:parts]:
        lines.append(f"【{part['heading']}】")
        lines.append(part["text"])
        lines += [f"→ {link['label']} {link['url']}" for link in part.get("links", [])]
    walk.story.bubble("Banso", "\n".join(lines), "cyan")
