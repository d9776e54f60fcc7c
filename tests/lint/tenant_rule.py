"""The tenant rule: no municipality ever sees another's documents, because no access can be written that forgets whose they are.

`python -m tests.lint.tenant_rule [paths]` prints one `path:line: message` per finding.

- Collections are reached only in store modules, and in the shared mechanism.
- Every filter names `tenant_id`; so does every document that is inserted, and the first key of every index.
- A public store function that does I/O takes the tenant (or the pool, whose id stands in its place) first.
- `find_one_and_*` is not used (the embedded database scans for it); only shared/mongo.py connects.

What must be otherwise (a sweep over all tenants, a document that belongs to nobody) says why, on the statement, right above it or on
the function's own line: `# tenant: <reason>`.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.lint.filters import Function, Scope, lacks_tenant, last_name, names_tenant

ROOT = Path(__file__).parents[2]
MECHANISM = {
    f"shared/{name}.py"
    for name in ("mongo", "listing", "outbox", "publisher", "sweep", "leases", "retention", "inbox", "replay")
}
CONNECTS = "shared/mongo.py"
EXCUSE = re.compile(r"#\s*tenant:\s*\S")

DATABASES = {"db", "_db", "database"}
INSERTING = {"insert_one", "insert_many"}
FILTERING = {
    "find", "find_one", "update_one", "update_many", "delete_one", "delete_many", "replace_one", "count_documents",
}  # fmt: skip
OTHERS = {"bulk_write", "aggregate", "distinct", "estimated_document_count"}
SCANNING = {"find_one_and_update", "find_one_and_replace", "find_one_and_delete"}
OPERATIONS = {"UpdateOne", "UpdateMany", "DeleteOne", "DeleteMany", "ReplaceOne"}
CLIENTS = {"MongoClient", "AsyncMongoClient"}
WHAT_IT_WORKS_WITH = {
    "self",
    "cls",
    "db",
    "core",
    "outbox",
    "sealer",
    "tx",
    "session",
    "changes",
    "collection",
}
"""Parameters that may stand before the tenant."""
WHOSE = {"tenant", "home", "pool"}
"""Names of whom documents belong to: a tenant, a pool, or whichever of the two (`home`)."""

Finding = tuple[int, str]


class _Module:
    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.lines = source.splitlines()
        self.tree = ast.parse(source)
        self.scope = Scope(self.tree)
        parts = Path(path).parts
        in_service = len(parts) > 2 and parts[0] == "services"
        self.is_store = in_service and parts[2] in ("store", "store.py")
        self.reaches_collections = self.is_store or path in MECHANISM
        self.collections = self._collection_names()

    def excused(self, first: int, last: int) -> bool:
        """Whether lines `first` to `last`, or the comments right above them, give a reason."""
        while first > 1 and self.lines[first - 2].lstrip().startswith("#"):
            first -= 1
        return any(EXCUSE.search(line) for line in self.lines[first - 1 : last])

    def function_excused(self, function: Function | None) -> bool:
        return function is not None and self.excused(function.lineno, function.body[0].lineno - 1)

    def _collection_names(self) -> set[str]:
        """Variables and attributes that hold a collection."""
        names = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and _is_subscripted_database(node.value):
                names |= {last_name(target) for target in node.targets}
            elif isinstance(node, ast.AnnAssign) and last_name(node.annotation) == "Collection":
                names.add(last_name(node.target))
            elif isinstance(node, ast.arg) and node.annotation and last_name(node.annotation) == "Collection":
                names.add(node.arg)
        return names - {""}

    def is_collection(self, expression: ast.expr) -> bool:
        return _is_subscripted_database(expression) or last_name(expression) in self.collections

    def nodes(self) -> Iterator[tuple[ast.AST, Scope, int]]:
        """Every node with the scope it stands in and the line on which its statement begins."""
        yield from self._walk(self.tree, self.scope, 1)

    def _walk(self, node: ast.AST, scope: Scope, begins: int) -> Iterator[tuple[ast.AST, Scope, int]]:
        for child in ast.iter_child_nodes(node):
            inner = scope.inside(child) if isinstance(child, Function) else scope
            line = child.lineno if isinstance(child, ast.stmt) else begins
            yield child, inner, line
            yield from self._walk(child, inner, line)


def _is_subscripted_database(expression: ast.expr) -> bool:
    return isinstance(expression, ast.Subscript) and last_name(expression.value) in DATABASES


def findings(path: str, source: str) -> list[Finding]:
    """(line, message) for everything in the module at `path` (relative to the repository) that breaks the rule."""
    module = _Module(path, source)
    found: list[Finding] = []
    for node, scope, begins in module.nodes():
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += _import(module, node)
        elif isinstance(node, ast.Subscript) and _is_subscripted_database(node):
            if not module.reaches_collections:
                found.append((node.lineno, "a collection is reached outside of a store"))
        elif isinstance(node, ast.Call) and not (
            module.excused(begins, node.end_lineno or begins) or module.function_excused(scope.function)
        ):
            found += _call(module, node, scope)
    if module.is_store:
        found += _store_functions(module)
    return sorted(set(found))


def _import(module: _Module, node: ast.Import | ast.ImportFrom) -> list[Finding]:
    if module.path == CONNECTS:
        return []
    names = {alias.name for alias in node.names}
    origin = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    if any(name.split(".")[0] == "motor" for name in (*names, origin)) or names & CLIENTS:
        return [(node.lineno, f"only {CONNECTS} connects to the database")]
    return []


def _call(module: _Module, call: ast.Call, scope: Scope) -> list[Finding]:
    name = last_name(call.func)
    if isinstance(call.func, ast.Attribute):
        receiver = call.func.value
        if name in SCANNING:
            return [(call.lineno, f"{name} scans the collection: use update_one at a version")]
        if name == "find" and not (module.is_collection(receiver) or _is_document(call, scope)):
            return []  # str.find, a store's own method, Tx.find (which takes the tenant)
        if name in FILTERING | INSERTING | OTHERS:
            return _access(module, call, name, scope)
    if name in OPERATIONS:
        return _filter(call, scope)
    if name == "InsertOne" and call.args and lacks_tenant(call.args[0], scope):
        return [(call.lineno, "the inserted document has no tenant_id")]
    if name == "IndexModel":
        return _index(call, scope)
    return []


def _is_document(call: ast.Call, scope: Scope) -> bool:
    if not call.args:
        return False
    return isinstance(call.args[0], ast.Dict) or names_tenant(call.args[0], scope)


def _access(module: _Module, call: ast.Call, name: str, scope: Scope) -> list[Finding]:
    if not module.reaches_collections:
        return [(call.lineno, f"{name} outside of a store")]
    if name in FILTERING:
        return _filter(call, scope)
    if name == "distinct":
        return _filter(call, scope, position=1)
    if name == "estimated_document_count":
        return [(call.lineno, "counts the documents of every tenant")]
    if name == "aggregate":
        return _pipeline(call, scope)
    if name in INSERTING and call.args:
        return _inserted(call, scope)
    return []


def _filter(call: ast.Call, scope: Scope, position: int = 0) -> list[Finding]:
    given = [keyword.value for keyword in call.keywords if keyword.arg == "filter"]
    given += call.args[position : position + 1]
    if given and names_tenant(given[0], scope):
        return []
    what = "does not name tenant_id, or spreads something in after it"
    return [(call.lineno, f"{last_name(call.func)}: the filter {what}")]


def _pipeline(call: ast.Call, scope: Scope) -> list[Finding]:
    match call.args[:1]:
        case [ast.List(elts=[ast.Dict(keys=[ast.Constant(value="$match")], values=[where]), *_])]:
            if names_tenant(where, scope):
                return []
    return [(call.lineno, "aggregate: the first stage is no $match that names tenant_id")]


def _inserted(call: ast.Call, scope: Scope) -> list[Finding]:
    documents = call.args[0].elts if isinstance(call.args[0], ast.List) else [call.args[0]]
    if any(lacks_tenant(document, scope) for document in documents):
        return [(call.lineno, "the inserted document has no tenant_id")]
    return []


def _index(call: ast.Call, scope: Scope) -> list[Finding]:
    if any(keyword.arg == "expireAfterSeconds" for keyword in call.keywords):
        return []  # MongoDB expires documents by an index on that one field only
    match call.args[:1]:
        case [ast.Constant(value="tenant_id")]:
            return []
        case [ast.List(elts=[first, *_])]:
            keys = scope.assigned(first.id) if isinstance(first, ast.Name) else [first]
            if keys and all(_is_tenant_key(key) for key in keys):
                return []
    return [(call.lineno, "an index starts with tenant_id")]


def _is_tenant_key(key: ast.expr) -> bool:
    match key:
        case ast.Tuple(elts=[ast.Constant(value="tenant_id"), *_]):
            return True
    return False


def _store_functions(module: _Module) -> list[Finding]:
    classes = [n for n in module.tree.body if isinstance(n, ast.ClassDef) and not n.name.startswith("_")]
    bodies: list[list[ast.stmt]] = [module.tree.body, *(node.body for node in classes)]
    functions = [f for body in bodies for f in body if isinstance(f, Function) and not f.name.startswith("_")]
    return [
        (f.lineno, f"{f.name}: a store function takes the tenant first")
        for f in functions
        if _does_io(f, module) and not _takes_tenant_first(f, module) and not module.function_excused(f)
    ]


def _does_io(function: Function, module: _Module) -> bool:
    """An asynchronous method, or anything that has a database in its hands."""
    reaches = any(isinstance(n, ast.expr) and module.is_collection(n) for n in ast.walk(function))
    given = WHAT_IT_WORKS_WITH.intersection(_parameters(function))
    return reaches or (isinstance(function, ast.AsyncFunctionDef) and bool(given))


def _takes_tenant_first(function: Function, module: _Module) -> bool:
    before = WHAT_IT_WORKS_WITH | module.collections
    return bool(WHOSE.intersection([name for name in _parameters(function) if name not in before][:1]))


def _parameters(function: Function) -> list[str]:
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]


def _modules(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def main() -> None:
    paths = [Path(argument).resolve() for argument in sys.argv[1:]] or [ROOT / "services", ROOT / "shared"]
    count = 0
    for file in _modules(paths):
        name = file.relative_to(ROOT).as_posix()
        for line, message in findings(name, file.read_text()):
            print(f"{name}:{line}: {message}")
            count += 1
    raise SystemExit(1 if count else 0)


if __name__ == "__main__":
    main()
