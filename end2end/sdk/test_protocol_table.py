"""`docs/protocol.md` agrees with the router and with the tests: no endpoint without a row, no row without its tests."""

import re

import pytest

from programs import HERE

ROOT = HERE.parents[1]
ROUTER = (ROOT / "server/src/router.rs").read_text()
DOCUMENT = (ROOT / "docs/protocol.md").read_text()
METHODS = ("get", "post", "put", "patch", "delete", "any")


def argument_lists(source, call):
    """The text between the parentheses of each `call(...)`."""
    for match in re.finditer(rf"\.{call}\(", source):
        depth, at = 1, match.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(source[at], 0)
            at += 1
        yield source[match.end():at - 1]


def body_of(function):
    """The text of a function of the router; functions end with a brace in the first column."""
    return re.search(rf"^(?:pub )?fn {function}\(.*?^}}$", ROUTER, re.M | re.S).group()


def methods_of(handler, around):
    """The methods that a handler expression answers, through a helper function or a variable if need be."""
    found = set(re.findall(rf"\b({'|'.join(METHODS)})\(", handler))
    if not found:
        name = re.match(r"\s*(\w+)", handler).group(1)
        variable = re.search(rf"let {name} = (.*?);", around, re.S)
        found = set(re.findall(rf"\b({'|'.join(METHODS)})\(", variable.group(1) if variable else body_of(name)))
    assert found, handler
    return found


def paths_of(argument, around):
    """The path or paths that a route is added for: a text, or a variable that runs through a list of texts."""
    if text := re.fullmatch(r'\s*"([^"]*)"', argument):
        return [text.group(1)]
    loop = re.search(rf"for {argument.strip()} in \[(.*?)\]", around, re.S)
    return re.findall(r'"([^"]*)"', loop.group(1))


def routes_of(function, prefix=""):
    """(method, path) of everything that a function of the router adds."""
    body = body_of(function)
    added = []
    for arguments in argument_lists(body, "route"):
        path, _, handler = arguments.partition(",")
        for path in paths_of(path, body):
            added += [(method.upper(), path.removesuffix("/")) for method in methods_of(handler, body)]
    prefixes = []
    for arguments in argument_lists(body, "nest"):
        below, inner = re.match(r'\s*"?([^",]*)"?,\s*(\w+(?:\(\))?)', arguments, re.S).groups()
        if inner.endswith("()"):
            yield from routes_of(inner[:-2], prefix + below)
        elif function != "router":
            # The routes of this function go under several prefixes.
            prefixes.append(prefix + below)
    for arguments in argument_lists(body, "merge"):
        if re.fullmatch(r"\w+_routes\(\)", arguments):
            yield from routes_of(arguments[:-2], prefix)
    yield from ((method, before + path) for before in prefixes or [prefix] for method, path in added)


def endpoints():
    """What the server answers, as the document writes it: `GET 2.0/mlflow/runs/get`, `POST /v1/traces`."""
    found = [(method, path) for method, path in routes_of("router") if not path.startswith("/ajax-api/")]
    return {f"{method} {path.removeprefix('/api/')}" for method, path in found}


def rows(heading):
    """The cells of the table below a heading, header left out."""
    section = DOCUMENT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


ENDPOINT_ROWS = rows("Endpoints and their tests")
ALL_TESTS = sorted({test for row in rows("Clients") + ENDPOINT_ROWS for test in re.findall(r"`([^`]+\.rs[^`]*|[^`]+\.py[^`]*)`", row[-1])})


def test_every_endpoint_of_the_router_has_a_row_and_every_row_an_endpoint():
    documented = [endpoint for row in ENDPOINT_ROWS for endpoint in re.findall(r"`([^`]+)`", row[0])]
    assert len(documented) == len(set(documented))
    assert set(documented) == endpoints()


def test_every_row_names_a_test():
    for row in rows("Clients") + ENDPOINT_ROWS:
        assert re.search(r"`[^`]+\.(rs|py)", row[-1]), row


@pytest.mark.parametrize("test", ALL_TESTS)
def test_named_test_exists(test):
    path, _, name = test.partition("::")
    source = (ROOT / path).read_text()
    assert re.search(rf"\b(fn|def) {name}\b" if name else r"#\[(tokio::)?test|\bdef test_", source), test


def test_every_module_of_client_tests_is_named():
    named = {test.partition("::")[0] for test in ALL_TESTS}
    modules = {f"end2end/sdk/{path.name}" for path in HERE.glob("test_*.py")}
    assert modules - {"end2end/sdk/test_protocol_table.py"} <= named
