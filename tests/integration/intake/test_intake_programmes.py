"""The catalogue comes in by CSV, as a whole, with a report of what was wrong."""

import asyncio

from services.intake.programme_csv import JAPANESE
from tests.harness import eventually
from tests.integration.intake.conftest import CATALOGUE, Intake


async def test_a_repeated_import_changes_nothing_and_a_changed_row_is_updated(intake: Intake) -> None:
    first = await intake.bring_in()
    assert (first["imported"], first["rejected"]) == (5, 0)
    again = await intake.bring_in()
    assert (again["imported"], again["updated"], again["unchanged"]) == (0, 0, 5)
    changed = await intake.bring_in(CATALOGUE.replace("電話で。", "窓口か電話で。"))
    assert (changed["updated"], changed["unchanged"]) == (1, 4)

    async def published() -> int:
        return len(await intake.events("programme.published"))

    assert await eventually(published, until=lambda n: n >= 6) == 6


async def test_programmes_missing_from_a_new_file_are_retired_only_when_asked(intake: Intake) -> None:
    await intake.bring_in()
    fewer = "\n".join(CATALOGUE.splitlines()[:3])
    assert (await intake.bring_in(fewer))["retired"] == 0
    assert (await intake.bring_in(fewer, query="?retire_missing=true"))["retired"] == 3
    assert (await intake.bring_in(fewer, query="?retire_missing=true"))["retired"] == 0
    found = await intake.client.get(
        "/intake/v1/programmes/search", params={"q": "ひとり親の資格"}, headers=intake.staff()
    )
    assert found.json()["data"] == []
    back = await intake.bring_in()
    assert (back["updated"], back["unchanged"]) == (3, 2)


async def test_wrong_rows_are_reported_and_harm_no_other(intake: Intake) -> None:
    table = (
        "service_id,name,detail_url,application_close_date,future_column\n"
        "W-1,よい行,https://city.example/,2026年12月1日,x\n"
        ",名前だけ,,,\n"
        "W-3,,,,\n"
        "W-4,わるい URL,javascript:alert(1),,\n"
        "W-5,わるい日付,,2026-13-01,\n"
        "W-1,二度目,,,\n"
        "\n"
        "W-6,多すぎる,,,,余り\n"
    )
    report = await intake.bring_in(table, **{"Accept-Language": "en"})
    assert (report["imported"], report["rejected"]) == (1, 6)
    assert [(row["row"], row["field"], row["code"]) for row in report["rows"]] == [
        (3, "service_id", "missing"),
        (4, "name", "missing"),
        (5, "detail_url", "not_a_url"),
        (6, "application_close_date", "not_a_date"),
        (7, "service_id", "twice"),
        (9, "row", "columns"),
    ]
    assert report["rows"][0]["message"] == "must not be empty"
    listed = (await intake.client.get("/intake/v1/programmes", headers=intake.staff())).json()["data"]
    assert [p["fields"]["application_close_date"] for p in listed] == ["2026-12-01"]


async def test_japanese_headings_and_both_encodings_are_read(intake: Intake) -> None:
    table = ",".join(JAPANESE) + "\nJ-1" + ",".join(f"欄{n}" if n == 7 else "" for n in range(24)) + "\n"
    assert (await intake.bring_in(table.encode("cp932")))["imported"] == 1
    assert (await intake.bring_in(table.encode("utf-8-sig")))["unchanged"] == 1
    listed = (await intake.client.get("/intake/v1/programmes", headers=intake.staff())).json()["data"]
    assert (listed[0]["name"], listed[0]["fields"]["service_id"]) == ("欄7", "J-1")


async def test_a_file_that_is_no_catalogue_is_refused_whole(intake: Intake) -> None:
    for body in (b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b'service_id,name\n"x', b"\x00" * 10):
        answer = await intake.client.post(
            "/intake/v1/programmes/import", headers=intake.staff(), content=body
        )
        assert answer.status_code == 422, body
    empty = await intake.client.post(
        "/intake/v1/programmes/import?retire_missing=true",
        headers=intake.staff(),
        content=b"service_id,name\n",
    )
    assert empty.status_code == 422


async def test_an_import_that_is_retried_reports_the_same(intake: Intake) -> None:
    first = await intake.bring_in(**{"Idempotency-Key": "i-1"})
    assert first == await intake.bring_in(**{"Idempotency-Key": "i-1"})
    other = await intake.client.post(
        "/intake/v1/programmes/import",
        headers={**intake.staff(), "Idempotency-Key": "i-1"},
        content=b"service_id,name\nX,x\n",
    )
    assert other.status_code == 409


async def test_two_imports_at_once_leave_one_catalogue(intake: Intake) -> None:
    reports = await asyncio.gather(*(intake.bring_in() for _ in range(4)))
    assert sorted(report["imported"] for report in reports) == [0, 0, 0, 5]


async def test_the_search_says_which_words_matched_and_other_processes_see_an_import(intake: Intake) -> None:
    other = (await intake.harness.launch("intake", role="api")).client
    address = "/intake/v1/programmes/search?q=家賃が払えない"
    assert (await other.get(address, headers=intake.staff())).json()["data"] == []
    await intake.bring_in()
    found = (await other.get(address, headers=intake.staff())).json()["data"]
    assert found[0]["programme"]["name"] == "住居確保給付金（見本）"
    assert "家賃" in [match["word"] for match in found[0]["matched"]]


async def test_another_municipality_has_a_catalogue_of_its_own(intake: Intake) -> None:
    await intake.bring_in()
    listed = (await intake.client.get("/intake/v1/programmes", headers=intake.staff())).json()["data"]
    theirs = intake.staff("sample-b")
    one = await intake.client.get(f"/intake/v1/programmes/{listed[0]['id']}", headers=theirs)
    assert one.status_code == 404
    assert (await intake.client.get("/intake/v1/programmes", headers=theirs)).json()["data"] == []
    _, mine = await intake.resident("sample-b")
    assert (await intake.say(mine, "家賃が払えない"))["answer"]["kind"] == "person"


async def test_the_catalogue_is_listed_page_by_page(intake: Intake) -> None:
    await intake.bring_in()
    seen, cursor = [], None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (
            await intake.client.get("/intake/v1/programmes", params=params, headers=intake.staff())
        ).json()
        seen += [p["fields"]["service_id"] for p in page["data"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["S-1", "S-2", "S-3", "S-4", "S-5"]
