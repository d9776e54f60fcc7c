"""What matching's own problems are called, by slug, for people."""

from services.matching.orders.problems import PROBLEMS as ORDER_PROBLEMS

PROBLEM_TITLES = {
    "offer-closed": {"ja": "この募集は終わっています", "en": "This offer is closed"},
    "no-support-rules": {
        "ja": "使っている制度の決まりが、まだありません",
        "en": "No rules about support programmes are in force",
    },
    "send-lists-off": {
        "ja": "この市区町村では、仕事のお知らせを送っていません",
        "en": "The municipality sends no lists of offers",
    },
    "send-list-closed": {
        "ja": "このお知らせは、もう送ったか、やめています",
        "en": "The list was sent or discarded",
    },
    "send-list-too-old": {
        "ja": "作ってから日がたっています。新しく作ってください",
        "en": "The list was drawn up too long ago",
    },
    "already-assessed": {"ja": "この月の記録は、もうあります", "en": "This month has its assessment"},
    "own-words": {
        "ja": "本人の記録は本人だけが、職員の記録は職員だけが直せます",
        "en": "Each side corrects its own words only",
    },
    "suggestion-closed": {
        "ja": "この話は、もう終わっています",
        "en": "This suggestion does not stand any more",
    },
    "offer-state": {
        "ja": "この募集は、いまはそうできません",
        "en": "The offer is not in a state that allows this",
    },
    "company-not-approved": {
        "ja": "会社の登録が確かめられるまで、募集は出せません",
        "en": "The company is not let in, or rests",
    },
    "registration-state": {
        "ja": "登録は、いまはそうできません",
        "en": "The registration does not stand where this is possible",
    },
    "import-running": {
        "ja": "同じ種類の取りこみが、いま動いています",
        "en": "An import of this kind is running",
    },
    "nothing-withheld": {
        "ja": "この取りこみには、確かめるものがありません",
        "en": "The import waits for no confirmation",
    },
    "import-outdated": {
        "ja": "このあとに、新しい取りこみがありました",
        "en": "A later import says what is offered now",
    },
    "no-municipalities": {
        "ja": "市区町村の一覧が設定されていません",
        "en": "The list of municipalities is not set up",
    },
    "hellowork-not-set-up": {
        "ja": "ハローワークの求人情報提供を使う設定がありません",
        "en": "There is no access to the employment service's lists",
    },
    "hellowork-closed": {
        "ja": "ハローワークの求人情報提供は、0時から6時まで休みです",
        "en": "The employment service's lists are closed from 0 to 6 o'clock",
    },
    "unreadable-xml": {"ja": "XMLとして読み取れません", "en": "Not readable as XML"},
    **ORDER_PROBLEMS,
}
