"""What the data of a LINE button mean. The buttons are notify's; their form is agreed here and in its catalogue:

do:<action>:<subject id>[:<service date>:<start minute>]   do it (`shared.events.intake.ChosenAction`)
ask:appointment.cancel:<appointment id>                    ask first
keep:<appointment id>                                      the answer was no
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from shared.events.intake import ActionChosen, ChosenAction
from shared.ids import CODE

ASK = re.compile(rf"ask:appointment\.cancel:(apt_{CODE})")
KEEP = re.compile(rf"keep:(apt_{CODE})")
DO = re.compile(
    rf"do:([a-z_]+\.[a-z_]+)(?::([a-z]{{3}}_{CODE}))?(?::([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}):([0-9]{{1,4}}))?"
)
ABOUT = {"appointment": "apt", "waitlist": "wai", "shift": "shf"}
TIMED = ("appointment.move", "waitlist.take", "waitlist.pass")
LAST_MINUTE = 1800


@dataclass(frozen=True)
class Choice:
    """`act` says whether to do `action`, to ask before it, or to leave everything as it is."""

    act: Literal["do", "ask", "keep"]
    subject_id: str | None
    action: ChosenAction | None = None
    service_date: date | None = None
    start_minute: int | None = None

    def event(self, resident_id: str) -> ActionChosen:
        """What `resident_id` chose. Raises ValueError when nothing is to be done."""
        if self.action is None:
            raise ValueError("a question is no action")
        return ActionChosen(
            resident_id=resident_id,
            action=self.action,
            subject_id=self.subject_id,
            service_date=self.service_date,
            start_minute=self.start_minute,
        )


def read_choice(data: str) -> Choice | None:
    """The choice behind a button's data; None for anything that no button of ours had."""
    if asked := ASK.fullmatch(data):
        return Choice("ask", asked[1], "appointment.cancel")
    if kept := KEEP.fullmatch(data):
        return Choice("keep", kept[1])
    done = DO.fullmatch(data)
    return _chosen(*done.groups()) if done else None


def _chosen(action: str, subject: str | None, day: str | None, minute: str | None) -> Choice | None:
    known: ChosenAction | None = next((a for a in get_args(ChosenAction) if a == action), None)
    if known is None:
        return None
    entity = action.partition(".")[0]
    if subject is None and entity != "shift":  # "I am off today" needs to name no shift
        return None
    if subject is not None and not subject.startswith(f"{ABOUT[entity]}_"):
        return None
    if (day is None) == (action in TIMED):
        return None
    if day is None or minute is None:
        return Choice("do", subject, known)
    try:
        service_date = date.fromisoformat(day)
    except ValueError:
        return None
    return Choice("do", subject, known, service_date, int(minute)) if int(minute) <= LAST_MINUTE else None
