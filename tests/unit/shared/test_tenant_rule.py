"""The tenant rule finds what it is for, and lets pass what keeps tenants apart."""

import textwrap

import pytest

from tests.lint.tenant_rule import MECHANISM, ROOT, findings

STORE = "services/sample/store.py"
IMPORTS = "from shared.mongo import Collection, Database\n"


def messages(path: str, source: str) -> list[str]:
    return [message for _, message in findings(path, IMPORTS + textwrap.dedent(source))]


def in_method(body: str) -> str:
    lines = textwrap.indent(textwrap.dedent(body), " " * 8)
    return f"class Things:\n    async def get(self, tenant: str, where: dict) -> None:\n{lines}"


@pytest.mark.parametrize(
    "body",
    [
        'await self.db["things"].find_one({"_id": "x"})',
        'await self.db["things"].find_one()',
        'await self.db["things"].find_one(where)',
        'await self.db["things"].find({}).to_list(None)',
        'await self.db["things"].find().to_list(None)',
        'await self.things.update_one({"_id": "x"}, {"$set": {"tenant_id": tenant}})',
        'await self.things.update_many(filter={"state": "open"}, update={})',
        'await self.things.delete_many({"tenant_id": {"$exists": True}})',
        'await self.things.count_documents({"tenant_id": tenant, **where})',
        'await self.things.find_one({"tenant_id": tenant} | where)',
        'await self.things.bulk_write([UpdateOne({"_id": "x"}, {}), DeleteOne({"tenant_id": tenant})])',
        'await self.things.distinct("kind", {"state": "open"})',
        'await self.things.aggregate([{"$group": {}}]).to_list(None)',
        "await self.things.estimated_document_count()",
        'query = {"_id": "x"}\nawait self.things.find_one(query)',
        'query = {"tenant_id": tenant}\nquery = {"_id": "x"}\nawait self.things.find_one(query)',
        "await self.things.find_one(everything())",
    ],
)
def test_a_filter_without_tenant_is_found(body: str) -> None:
    source = in_method(body) + '\n\ndef everything():\n    return {"_id": "x"}\n'
    assert len(messages(STORE, source)) == 1


@pytest.mark.parametrize(
    "body",
    [
        'await self.db["things"].find_one({"_id": "x", "tenant_id": tenant})',
        'await self.db["things"].find({**where, "tenant_id": tenant}).sort("a").to_list(None)',
        'query: dict = {"tenant_id": tenant}\nquery["a"] = 1\nawait self.things.find_one(query)',
        'query = {"tenant_id": tenant}\nawait self.things.find_one({**query, "a": 1})',
        'await self.things.count_documents(of(tenant) | {"a": 1})',
        "await self.things.find_one(self._of(tenant))",
        'await self.things.find_one(dict(tenant_id=tenant, a=1))',
        'await self.things.bulk_write([UpdateOne({"tenant_id": tenant, "_id": i}, {}) for i in "ab"])',
        'await self.things.distinct("kind", {"tenant_id": tenant})',
        'await self.things.aggregate([{"$match": {"tenant_id": tenant}}]).to_list(None)',
        'await self.things.find_one({"_id": "x"})  # tenant: found by a token that only one tenant has',
        '# tenant: found by a token that only one tenant has\nawait self.things.find_one({"_id": "x"})',
        'await self.things.find_one(\n    {"_id": "x"}  # tenant: a reason\n)',
        '"text".find("x")',
        "await self.find(tenant, 1)",
        'await tx.find("things", tenant, {"a": 1})',
    ],
)  # fmt: skip
def test_a_filter_with_tenant_or_with_a_reason_passes(body: str) -> None:
    source = in_method(body) + (
        '\n    def _of(self, tenant: str) -> dict:\n        return {"tenant_id": tenant}\n'
        '\ndef of(tenant):\n    return {"tenant_id": tenant}\n'
    )
    assert messages(STORE, source) == []


def test_an_excuse_needs_a_reason() -> None:
    body = 'await self.things.find_one({"_id": "x"})  # tenant:\n'
    assert len(messages(STORE, in_method(body))) == 1


def test_an_excuse_covers_its_own_statement_only() -> None:
    body = """
        await self.things.find_one({"_id": "x"})  # tenant: a reason
        await self.things.find_one({"_id": "y"})
    """
    assert len(messages(STORE, in_method(body))) == 1


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ('await self.things.insert_one({"_id": "x"})', 1),
        ('row = {"_id": "x"}\nawait self.things.insert_one(row)', 1),
        ('await self.things.insert_many([{"_id": "x"}, {"tenant_id": tenant}])', 1),
        ('tx.stage("things", InsertOne({"_id": "x"}))', 1),
        ('await self.things.insert_one({"_id": "x", "tenant_id": tenant})', 0),
        ("await self.things.insert_one({**where})", 0),
        ('tx.stage("things", InsertOne({"_id": "x", "tenant_id": tenant}))', 0),
    ],
)
def test_an_inserted_document_says_whose_it_is(body: str, count: int) -> None:
    assert len(messages(STORE, in_method(body))) == count


@pytest.mark.parametrize(
    "source",
    [
        'async def load(core, tenant):\n    return core.db["things"]\n',
        'async def load(things: Collection, tenant):\n    return await things.find_one({"tenant_id": tenant})\n',
        'async def load(things: Collection, tenant):\n    return things.find({"tenant_id": tenant})\n',
    ],
)
def test_a_collection_is_reached_in_stores_only(source: str) -> None:
    assert messages(STORE, source) == messages("services/sample/store/things.py", source) == []
    for elsewhere in ("services/sample/routes.py", "services/sample/thing.py", "shared/auth.py"):
        assert len(messages(elsewhere, source)) == 1


def test_staged_operations_of_consumers_name_the_tenant_too() -> None:
    good = 'def on(tx, event):\n    tx.stage("a", UpdateOne({"_id": 1, "tenant_id": event.tenantid}, {}))\n'
    bad = 'def on(tx, event):\n    tx.stage("a", UpdateOne({"_id": 1}, {}))\n'
    assert messages("services/sample/consumers.py", good) == []
    assert len(messages("services/sample/consumers.py", bad)) == 1


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("class A:\n    async def get(self, thing_id: str): ...\n", 1),
        ("class A:\n    async def get(self, thing_id: str, tenant: str): ...\n", 1),
        ("async def get(db, thing_id): ...\n", 1),
        ('class A:\n    def all(self): return self.db["a"].find({"tenant_id": self.tenant})\n', 1),
        ("class A:\n    async def get(self, tenant: str, thing_id: str): ...\n", 0),
        ("class A:\n    async def due(self, now):  # tenant: a sweep over all tenants\n        ...\n", 0),
        ("class A:\n    async def _get(self, thing_id: str): ...\n", 0),
        ("class _A:\n    async def get(self, thing_id: str): ...\n", 0),
        ("async def get(db, collection, tenant, thing_id): ...\n", 0),
        ("async def again(attempt): ...\n", 0),
        ("def document_of(thing): return {}\n", 0),
    ],
)
def test_a_store_function_takes_the_tenant_first(source: str, count: int) -> None:
    assert len(messages(STORE, source)) == count
    assert messages("services/sample/thing.py", source.replace('self.db["a"]', "a")) in (
        [],
        ["find outside of a store"],
    )


def test_find_one_and_update_is_refused_even_with_a_tenant() -> None:
    body = 'await self.things.find_one_and_update({"tenant_id": tenant}, {})'
    assert messages(STORE, in_method(body)) == [
        "find_one_and_update scans the collection: use update_one at a version"
    ]


@pytest.mark.parametrize(
    "line",
    ["import motor", "from motor.motor_asyncio import AsyncIOMotorClient", "from pymongo import MongoClient"],
)
def test_only_one_module_connects(line: str) -> None:
    assert len(messages(STORE, line)) == 1
    assert messages("shared/mongo.py", line) == []
    assert messages(STORE, "from pymongo import UpdateOne") == []


@pytest.mark.parametrize(
    ("index", "count"),
    [
        ('IndexModel([("state", 1)])', 1),
        ('IndexModel([("state", 1), ("tenant_id", 1)])', 1),
        ("IndexModel([STATE])", 1),
        ('IndexModel([("tenant_id", 1), ("state", 1)], unique=True)', 0),
        ("IndexModel([TENANT, STATE])", 0),
        ('IndexModel([("expires_at", 1)], expireAfterSeconds=0)', 0),
    ],
)
def test_an_index_starts_with_the_tenant(index: str, count: int) -> None:
    source = f'TENANT = ("tenant_id", 1)\nSTATE = ("state", 1)\nSPEC = CollectionSpec("a", ({index},))\n'
    assert len(messages(STORE, source)) == count


def test_a_finding_names_the_line() -> None:
    source = 'class A:\n    async def get(self, tenant):\n        await self.a.find_one({"_id": 1})\n'
    assert [line for line, _ in findings(STORE, source)] == [3]


def test_the_shared_mechanism_follows_the_rule_or_gives_its_reasons() -> None:
    for name in MECHANISM:
        assert findings(name, (ROOT / name).read_text()) == [], name
