"""Writes the fields of kip.proto as a Swift table: what an error about a JSON header needs to name a field and its nearest
neighbour, and what is needed to count what a header holds before it is decoded. Called by scripts/generate-protocol."""
import re, sys

SCALARS = {"string", "bytes", "bool", "int32", "int64", "uint64", "double"}


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def parse(text):
    text = re.sub(r"//[^\n]*", "", text)
    tokens = re.findall(r'"[^"]*"|[A-Za-z_][A-Za-z0-9_.]*|[{}=;<>,]|\d+', text)
    messages, enums, position = {}, {}, 0

    def block(scope):
        nonlocal position
        path = ".".join(scope)
        while tokens[position] != "}":
            word = tokens[position]
            if word in ("message", "enum"):
                name, inner = tokens[position + 1], [*scope, tokens[position + 1]]
                position += 3
                if word == "message":
                    messages[".".join(inner)] = {}
                    block(inner)
                else:
                    enums[".".join(inner)] = values = []
                    while tokens[position] != "}":
                        values.append(tokens[position])
                        position += 4
                position += 1
            elif word == "oneof":
                position += 3
                block(scope)
                position += 1
            elif word == "map":
                value, name = tokens[position + 4], tokens[position + 6]
                messages[path][camel(name)] = (value, "map", int(tokens[position + 8]))
                position += 10
                assert tokens[position - 1] == ";"
            else:
                label = word if word in ("repeated", "optional") else ""
                position += 1 if label else 0
                messages[path][camel(tokens[position + 1])] = (tokens[position], label, int(tokens[position + 3]))
                position += 5
                assert tokens[position - 1] == ";", tokens[position - 6:position]

    while position < len(tokens):
        if tokens[position] in ("message", "enum"):
            tokens.append("}")
            block([])
            break
        position += 1
    return messages, enums


def resolve(kind, scope, messages, enums):
    if kind in SCALARS:
        return f".{kind}"
    parts = scope.split(".")
    for length in range(len(parts), -1, -1):
        name = ".".join([*parts[:length], kind])
        if name in messages:
            return f'.message("{name}")'
        if name in enums:
            return f'.choice("{name}")'
    raise SystemExit(f"wire_schema.py: {scope} has a field of the unknown type {kind}")


def entry(name, rows, empty):
    """As swift format writes it: a comma behind the last of several."""
    if not rows:
        return [f'        "{name}": [{empty}],']
    end = "," if len(rows) > 1 else ""
    return [f'        "{name}": [', *[f"            {row}," for row in rows[:-1]], f"            {rows[-1]}{end}", "        ],"]


def main():
    messages, enums = parse(open(sys.argv[1]).read())
    out = ["// Made by scripts/generate-protocol from kip.proto.", "", "extension WireSchema {",
           "    static let messages: [String: [String: Field]] = ["]
    for name, fields in messages.items():
        rows = []
        for field, (kind, label, number) in fields.items():
            shape = {"repeated": ", .list", "map": ", .map"}.get(label, "")
            rows.append(f'"{field}": Field({number}, {resolve(kind, name, messages, enums)}{shape})')
        out += entry(name, rows, ":")
    out += ["    ]", "", "    static let choices: [String: [String]] = ["]
    for name, values in enums.items():
        out += entry(name, [f'"{value}"' for value in values], "")
    out += ["    ]", "}"]
    print("\n".join(out))


main()
