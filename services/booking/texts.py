"""Titles of booking's own problems. Clients branch on the slug; people read these."""

PROBLEMS: dict[str, dict[str, str]] = {
    "slot-taken": {
        "ja": "その時間は、ほかの予約が入りました",
        "en": "That time has just been taken",
    },
    "resident-busy": {
        "ja": "その時間には、別の予約が入っています",
        "en": "There is another appointment of the same resident at that time",
    },
    "nobody-free": {
        "ja": "その時間に空いている相談員がいません",
        "en": "Nobody is free at that time",
    },
    "day-full": {
        "ja": "その日は、この相談員の予約がいっぱいです",
        "en": "The counsellor takes no more appointments that day",
    },
    "no-room": {
        "ja": "その時間は、使える部屋や回線がありません",
        "en": "No room or line is free at that time",
    },
    "series-blocked": {
        "ja": "予約できない日があるため、まだ1件も予約していません",
        "en": "Some of the dates cannot be had; nothing was booked",
    },
    "resident-day-full": {
        "ja": "同じ日に予約できる数をこえています。別の日を選ぶか、窓口に相談してください",
        "en": "No more appointments can be booked for that day: choose another, or ask the desk",
    },
    "pool-quota-used": {
        "ja": "この週に、共同の相談員に相談できる時間は、いっぱいになりました",
        "en": "The municipality's hours of this pool are used for that week",
    },
    "pool-reserved": {
        "ja": "この週の共同の相談員の時間は、ほかのまちのために取ってあります",
        "en": "What is left of the pool's week is kept for other municipalities",
    },
    "pool-not-shared": {
        "ja": "このまちでは、この共同の相談員に相談できません",
        "en": "The municipality does not share this pool",
    },
    "slot-not-offered": {
        "ja": "その時間や方法では、相談を受け付けていません",
        "en": "The counsellor does not offer that time or channel",
    },
    "too-soon": {"ja": "開始までの時間が短すぎて予約できません", "en": "The start is too near, or past"},
    "too-far": {"ja": "まだ予約を受け付けていない日です", "en": "That day cannot be booked yet"},
    "waiting-offer-ended": {
        "ja": "その時間のご案内は終わりました。順番はそのままです",
        "en": "The time is no longer kept for you; you keep your place",
    },
    "waiting-enough": {
        "ja": "空きを待てるのは、同時に3つまでです",
        "en": "One can wait for three things at once",
    },
    "hold-expired": {
        "ja": "時間をおさえておける期限がすぎました。もう一度、時間を選んでください",
        "en": "The hold has run out: choose a time again",
    },
    "wrong-state": {
        "ja": "この予約は、いまその操作ができる状態ではありません",
        "en": "The appointment is not in a state that allows this",
    },
    "not-started": {
        "ja": "予約の開始時刻より前には記録できません",
        "en": "The appointment has not begun yet",
    },
    "already-started": {
        "ja": "予約の開始時刻をすぎています",
        "en": "The appointment has already begun",
    },
    "station-full": {
        "ja": "その時間は、席がぜんぶうまっています。ほかの時間か、在宅を選べます",
        "en": "Every seat of the station is taken at that time",
    },
    "time-taken": {
        "ja": "その時間には、別の予定が入っています",
        "en": "The person has something else at that time",
    },
    "already-worker": {
        "ja": "すでにセンターの利用者です",
        "en": "The resident works with a centre already",
    },
    "not-within-shift": {
        "ja": "来た時刻と帰った時刻は、シフトの時間の中にしてください",
        "en": "The times must lie within the shift",
    },
    "shift-withdrawn": {"ja": "このシフトは取り消されています", "en": "The shift has been withdrawn"},
    "offer-ended": {
        "ja": "この時間は、もうほかの人に決まったか、返事の期限がすぎました",
        "en": "The offered hours are not kept for this person any more",
    },
    "no-hourly-rate": {
        "ja": "その日の時給がまだ登録されていません",
        "en": "No hourly rate holds on a date that was worked",
    },
    "contract-state": {
        "ja": "この契約は、いまその操作ができる状態ではありません",
        "en": "The contract is not in a state that allows this",
    },
    "experience-state": {
        "ja": "この体験は、いまその操作ができる状態ではありません",
        "en": "The stay is not in a state that allows this",
    },
    "experience-not-over": {
        "ja": "最後の回が始まる前には、終わりにできません",
        "en": "The last session has not begun yet",
    },
    "place-full": {
        "ja": "その期間は、受け入れの席がうまっています",
        "en": "No seat of the place is free in all the sessions",
    },
    "prerequisites-missing": {
        "ja": "始める前に必要なことが、まだそろっていません",
        "en": "Something that the workplace needs beforehand is missing",
    },
    "feed-ended": {
        "ja": "このアドレスは、もう終わっています。新しく作ってください",
        "en": "The address that this request made has ended: make a new one",
    },
    "plan-over": {
        "ja": "計画の最初の日がすぎています。作りなおしてください",
        "en": "The plan begins in the past: make it again",
    },
}
