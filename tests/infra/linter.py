"""The rules of Bicep's own linter, and warnings of its compiler, as far as the tree of a file shows them.

Each rule yields (line, complaint). Its name is the linter's, or says which warning of the compiler it stands for.
Source: Azure/bicep, src/Bicep.Core/Analyzers/Linter/Rules, and the codes BCP... of its DiagnosticBuilder.
"""

import re

from local.bicep.tree import Call, Choice, Item, Loop, Member, Name, Object, Text, walk

ENVIRONMENT_HOSTS = (
    "api.loganalytics.io", "core.windows.net", "database.windows.net", "gallery.azure.com", "graph.windows.net",
    "login.microsoftonline.com", "management.azure.com", "trafficmanager.net", "vault.azure.net",
)  # fmt: skip
NEW_EACH_TIME = {"newGuid", "utcNow"}
KNOWN_EARLY = {"id", "name", "type", "apiVersion"}
SECRET = re.compile(r"password|pwd|secret|accountkey|acctkey", re.IGNORECASE)
MOST = {"param": 256, "var": 512, "output": 64, "resource": 800}
ON_ONE_LINE = re.compile(r"^\s*'([A-Za-z_]\w*)'\s*:", re.MULTILINE)


def _names(node):
    return {each.name for each in walk(node) if isinstance(each, Name)}


def _all(template):
    """Return what uses a name: every body, condition and decorator."""
    return [(each, (each.body, each.condition, each.decorators)) for each in template.declarations]


def _field(each, name):
    """Return what a resource or module says of one of its properties, of a loop in each round."""
    body = each.body.body if isinstance(each.body, Loop) else each.body
    found = [value for key, value in body.fields if key.parts == (name,)] if isinstance(body, Object) else []
    return found[0] if found else None


def _unused(template, wanted):
    used = set().union(*(_names(node) for _, node in _all(template)))
    for each in template.declarations:
        if wanted(each) and each.name not in used:
            yield each.line, f"{each.name} is used nowhere"


def no_unused_params(template, _text):
    yield from _unused(template, lambda each: each.kind == "param")


def no_unused_vars(template, _text):
    yield from _unused(template, lambda each: each.kind == "var")


def no_unused_existing_resources(template, _text):
    yield from _unused(template, lambda each: each.is_existing)


def no_hardcoded_env_urls(template, _text):
    for each, node in _all(template):
        texts = [
            part for found in walk(node) if isinstance(found, Text) for part in found.parts if isinstance(part, str)
        ]
        for host in ENVIRONMENT_HOSTS:
            if any(host in text for text in texts) and each.kind != "param":
                yield each.line, f"{host} is another one in other clouds: environment() knows it"


def outputs_should_not_contain_secrets(template, _text):
    secure = {name for name, each in template.of_kind("param").items() if each.decorator("secure")}
    for each in template.of_kind("output").values():
        lists = {found.name for found in walk(each.body) if isinstance(found, Call) and found.name.startswith("list")}
        if secure & _names(each.body) or lists or SECRET.search(each.name):
            yield each.line, f"output {each.name} may give a secret away"


def use_stable_resource_identifiers(template, _text):
    for each in template.of_kind("resource").values():
        calls = {found.name for found in walk(_whole(template, _field(each, "name"))) if isinstance(found, Call)}
        if calls & NEW_EACH_TIME:
            yield each.line, f"the name of {each.name} is another one with each deployment"


def _whole(template, node):
    """Return an expression with what its names stand for: those of variables, and defaults of parameters."""
    known, found, todo = template.of_kind("var", "param"), [node], list(_names(node))
    for name in todo:
        if name in known and known[name].body is not None:
            found.append(known[name].body)
            todo += [inner for inner in _names(known[name].body) if inner not in todo]
    return tuple(found)


def secure_secrets_in_params(template, _text):
    for each in template.of_kind("param").values():
        if SECRET.search(each.name) and each.type in {"string", "object"} and not each.decorator("secure"):
            yield each.line, f"{each.name} sounds secret and is not @secure()"


def secure_parameter_default(template, _text):
    for each in template.of_kind("param").values():
        is_made_anew = isinstance(each.body, Call) and each.body.name == "newGuid"
        if each.decorator("secure") and each.body not in {None, Text(())} and not is_made_anew:
            yield each.line, f"{each.name} is secret and has a value"


def prefer_interpolation(template, _text):
    for each, node in _all(template):
        for found in walk(node):
            if (
                isinstance(found, Call)
                and found.name == "concat"
                and any(isinstance(one, Text) for one in found.arguments)
            ):
                yield each.line, "concat() of texts: write one text with what is filled in"


def no_unnecessary_dependson(template, _text):
    for each in template.of_kind("resource", "module").values():
        named = _names(_field(each, "dependsOn"))
        body = each.body.body if isinstance(each.body, Loop) else each.body
        others = set().union(*(_names(value) for key, value in body.fields if key.parts != ("dependsOn",)))
        for name in sorted(named & others):
            yield each.line, f"{each.name} waits for {name} anyway, as it uses it"


def simplify_interpolation(template, _text):
    for each, node in _all(template):
        keys = {id(key) for found in walk(node) if isinstance(found, Object) for key, _ in found.fields}
        for found in walk(node):
            is_bare = isinstance(found, Text) and len(found.parts) == 1 and not isinstance(found.parts[0], str)
            if is_bare and id(found) not in keys:  # the name of a property that is computed cannot be written otherwise
                yield each.line, "a text that is nothing but what is filled in"


def prefer_unquoted_property_names(_template, text):
    for found in ON_ONE_LINE.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, f"{found[1]} needs no quotes"


def use_parent_property(template, _text):
    for each in template.of_kind("resource").values():
        name = _field(each, "name")
        parts = name.parts if isinstance(name, Text) else ()
        if each.type.partition("@")[0].count("/") > 1 and any(isinstance(part, str) and "/" in part for part in parts):
            yield each.line, f"{each.name} names its parent in its own name"


def use_resource_symbol_reference(template, _text):
    for each, node in _all(template):
        for found in walk(node):
            if (
                isinstance(found, Call)
                and found.of is None
                and (found.name == "reference" or found.name.startswith("list"))
            ):
                yield each.line, f"{found.name}() of an id: ask the resource itself"


def no_hardcoded_location(template, _text):
    for each in template.of_kind("resource").values():
        where = _field(each, "location")
        if isinstance(where, Text) and where.parts != ("global",):
            yield each.line, f"{each.name} has a place of its own"


def no_loc_expr_outside_params(template, _text):
    for each, node in _all(template):
        for found in walk(node):
            if (each.kind != "param" and isinstance(found, Member) and found.name == "location"
                and isinstance(found.of, Call) and found.of.name in {"resourceGroup", "deployment"}):  # fmt: skip
                yield each.line, f"{found.of.name}().location: take a parameter"


def use_safe_access(template, _text):
    for each, node in _all(template):
        for found in walk(node):
            if isinstance(found, Choice) and isinstance(found.condition, Call) and found.condition.name == "contains":
                of, part = found.condition.arguments
                taken = {Item(of, part)} | (
                    {Member(of, part.parts[0])} if isinstance(part, Text) and part.parts else set()
                )
                if found.then in taken:
                    yield each.line, "contains() before a property: write .? and ??"


def simplify_json_null(template, _text):
    for each, node in _all(template):
        if any(isinstance(found, Call) and found.name == "json" for found in walk(node)):
            yield each.line, "json('null') is null"


def no_more_than_azure_takes(template, _text):
    for kind, most in MOST.items():
        if len(template.of_kind(kind)) > most:
            yield 1, f"more than {most} of {kind}"


def bcp057_names_declared(template, _text):
    declared = set(template.of_kind("param", "var", "resource", "module"))
    for each, node in _all(template):
        own = set()
        for found in walk(node):
            own |= {found.item, found.index} if isinstance(found, Loop) else set(getattr(found, "parameters", ()))
        for name in sorted(_names(node) - declared - own):
            yield each.line, f"{name} is not declared"


def bcp318_not_there_for_sure(template, _text):
    """What has a condition may be missing: its properties may not be read."""
    conditional = {each.name for each in template.of_kind("resource", "module").values() if each.condition is not None}
    for each, node in _all(template):
        for found in walk(node):
            if (isinstance(found, Member) and isinstance(found.of, Name) and found.of.name in conditional
                and found.name not in KNOWN_EARLY and not found.is_safe):  # fmt: skip
                yield each.line, f"{found.of.name} may not be there"


def bcp120_known_too_late(template, _text):
    """Names, conditions and loops of resources must be known before anything is made."""
    made = set(template.of_kind("resource", "module"))
    for each in template.of_kind("resource", "module").values():
        early = [_field(each, "name"), each.condition, *([each.body.of] if isinstance(each.body, Loop) else [])]
        for found in walk(tuple(_whole(template, tuple(node for node in early if node is not None)))):
            if (
                isinstance(found, Member)
                and isinstance(found.of, Name)
                and found.of.name in made
                and found.name not in KNOWN_EARLY
            ):
                yield each.line, f"{each.name} hangs on {found.of.name}.{found.name}, which is known too late"


ALL = [
    no_unused_params, no_unused_vars, no_unused_existing_resources, no_hardcoded_env_urls,
    outputs_should_not_contain_secrets, use_stable_resource_identifiers, secure_secrets_in_params,
    secure_parameter_default, prefer_interpolation, no_unnecessary_dependson, simplify_interpolation,
    prefer_unquoted_property_names, use_parent_property, use_resource_symbol_reference, no_hardcoded_location,
    no_loc_expr_outside_params, use_safe_access, simplify_json_null, no_more_than_azure_takes, bcp057_names_declared,
    bcp318_not_there_for_sure, bcp120_known_too_late,
]  # fmt: skip
