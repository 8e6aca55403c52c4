"""Queries that can be read but would take nearly every article are refused."""

from __future__ import annotations

from crawler.errors import QueryError
from crawler.topics.nodes import And, Node, Not, Or, Within, children


def refuse_what_takes_everything(query: str, root: Node) -> None:
    """Raise ``QueryError`` where the query, or an alternative of an ``OR``, consists of exclusions only."""
    _refuse_in_alternatives(query, root)
    if not _asks_for_something(root):
        says = "the query only excludes, and would take nearly everything else"
        raise QueryError(query, root.column, says, "add at least one word that has to be there")


def _refuse_in_alternatives(query: str, node: Node) -> None:
    if isinstance(node, Not):
        return
    if isinstance(node, Or):
        for operand in node.operands:
            if not _asks_for_something(operand):
                says = f"{operand.written[:40]} beside OR only excludes, and would take nearly everything"
                raise QueryError(query, operand.column, says, "write a word beside it, or AND instead of OR")
    for child in children(node):
        _refuse_in_alternatives(query, child)


def _asks_for_something(node: Node) -> bool:
    if isinstance(node, Not):
        return False
    if isinstance(node, Within):
        return _asks_for_something(node.operand)
    if isinstance(node, And):
        return any(_asks_for_something(operand) for operand in node.operands)
    if isinstance(node, Or):
        return all(_asks_for_something(operand) for operand in node.operands)
    return True
