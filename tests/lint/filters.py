"""Does an expression hold a document that names the tenant? Read from the syntax tree alone, following variables and functions of the
same module as far as they can be seen."""

import ast
from dataclasses import dataclass, field

KEY = "tenant_id"
MAX_STEPS = 8
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Scope:
    """Where a name is looked up: the function in hand, then the module."""

    module: ast.Module
    function: Function | None = None
    functions: dict[str, list[Function]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.functions:
            for node in ast.walk(self.module):
                if isinstance(node, Function):
                    self.functions.setdefault(node.name, []).append(node)

    def inside(self, function: Function) -> "Scope":
        return Scope(self.module, function, self.functions)

    def assigned(self, name: str) -> list[ast.expr]:
        """Every value that is assigned to `name` in the function, or else in the module."""
        for body in (self.function, self.module):
            if body is not None and (values := _assignments(body, name)):
                return values
        return []


def _assignments(body: ast.AST, name: str) -> list[ast.expr]:
    found = []
    for node in ast.walk(body):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign | ast.NamedExpr):
            targets = [node.target]
        for target in targets:
            value = getattr(node, "value", None)
            if isinstance(target, ast.Name) and target.id == name and value is not None:
                found.append(value)
    return found


def names_tenant(expression: ast.expr, scope: Scope, steps: int = 0) -> bool:
    """Whether the document certainly has `tenant_id`, and nothing after it can replace it."""
    if steps > MAX_STEPS:
        return False
    match expression:
        case ast.Dict():
            return _dict_names_tenant(expression, scope, steps)
        case ast.Name(id=name):
            values = scope.assigned(name)
            return bool(values) and all(names_tenant(value, scope, steps + 1) for value in values)
        case ast.Call():
            return _call_names_tenant(expression, scope, steps)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return names_tenant(right, scope, steps + 1) or (
                names_tenant(left, scope, steps + 1) and isinstance(right, ast.Dict)
            )
        case ast.IfExp(body=body, orelse=orelse):
            return all(names_tenant(branch, scope, steps + 1) for branch in (body, orelse))
        case ast.Await(value=value):
            return names_tenant(value, scope, steps + 1)
    return False


def _dict_names_tenant(document: ast.Dict, scope: Scope, steps: int) -> bool:
    named = False
    for key, value in zip(document.keys, document.values, strict=True):
        if key is None:
            # what is spread in after the tenant could replace it
            named = names_tenant(value, scope, steps + 1)
        elif isinstance(key, ast.Constant) and key.value == KEY:
            named = not isinstance(value, ast.Dict)  # `{"$exists": True}` names nobody
    return named


def _call_names_tenant(call: ast.Call, scope: Scope, steps: int) -> bool:
    name = last_name(call.func)
    if name == "dict":
        spread = bool(call.args) and names_tenant(call.args[0], scope, steps + 1)
        return spread or any(keyword.arg == KEY for keyword in call.keywords)
    functions = scope.functions.get(name, [])
    return bool(functions) and all(_returns_tenant(function, scope, steps) for function in functions)


def _returns_tenant(function: Function, scope: Scope, steps: int) -> bool:
    values = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    inner = scope.inside(function)
    return bool(values) and all(v is not None and names_tenant(v, inner, steps + 1) for v in values)


def lacks_tenant(expression: ast.expr, scope: Scope) -> bool:
    """Whether the document is in plain sight and certainly has no `tenant_id`."""
    documents = scope.assigned(expression.id) if isinstance(expression, ast.Name) else [expression]
    return any(
        isinstance(document, ast.Dict) and None not in document.keys and not names_tenant(document, scope)
        for document in documents
    )


def last_name(expression: ast.expr) -> str:
    """`self.core.db` -> `db`."""
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""
