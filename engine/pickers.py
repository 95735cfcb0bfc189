"""People in forms: fields whose options are those who hold certain posts or stand in certain registers.

    {"type": "select", "key": "责任人", "label": "责任人", "properties": {"people": "村干部 理事会成员"}}

The value is the person's id. A form in store has no options; whoever shows or reads it puts them in first
(`offering`), so that one list counts for the browser, the API and the check of what came back. Without them such a
field accepts nobody.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from engine import forms
from engine.forms import designations_of

Options = Callable[[Sequence[str]], Sequence[tuple[int, str]]]  # designations -> (person id, name)

LONG = 15  # more people than that are looked for by name, not by scrolling
NOBODY = "现在还没有登记过的{}，请先请管理员登记，再来选人"


def asked(schema: Mapping[str, Any]) -> list[str]:
    """Every designation a form picks people from, each once; empty for most forms."""
    names = [name for component in picking(schema) for name in designations_of(component)]
    return list(dict.fromkeys(names))


def offering(schema: Mapping[str, Any], options: Options) -> Mapping[str, Any]:
    """The form with people to choose from. Where nobody can be chosen it says what to do."""
    if not asked(schema):
        return schema
    return {**schema, "components": [_offered(component, options) for component in schema["components"]]}


def people_in(schema: Mapping[str, Any], data: Mapping[str, Any]) -> set[int]:
    """The ids of all people picked in a submission or a result."""
    found: set[int] = set()
    for component in forms.fields(schema):
        value = data.get(forms.key_of(component))
        rows = value if isinstance(value, list) else [value]
        if component.get("type") in ("dynamiclist", "group"):
            found |= {
                person for row in rows if isinstance(row, Mapping) for person in people_in(component, row)
            }
        elif designations_of(component):
            found |= {person for person in rows if isinstance(person, int) and not isinstance(person, bool)}
    return found


def picks(schema: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Whether what was handed in names anybody: else nobody has to be looked up to check it."""
    return any(
        data.get(forms.key_of(component)) and (designations_of(component) or any(picking(component)))
        for component in forms.fields(schema)
    )


def picking(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The components that pick people, also those inside lists and groups."""
    for component in schema.get("components") or []:
        if isinstance(component, Mapping):
            if designations_of(component):
                yield component
            yield from picking(component)


def _offered(component: Mapping[str, Any], options: Options) -> Mapping[str, Any]:
    if component.get("components"):
        return {**component, "components": [_offered(each, options) for each in component["components"]]}
    names = designations_of(component)
    if not names:
        return component
    people = [{"value": person, "label": name} for person, name in dict(options(names)).items()]
    if people:
        long = component.get("type") == "select" and len(people) > LONG
        return {**component, "values": people} | ({"searchable": True} if long else {})
    return {**component, "values": [], "description": NOBODY.format("、".join(names))}
