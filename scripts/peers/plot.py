"""A plot of lifecycles a second as SVG, without a library."""
from html import escape

_ROW, _LEFT, _WIDTH = 34, 290, 520


def bars(runs):
    rows = sorted(runs, key=lambda run: -run["lifecyclesPerSecond"])
    most = rows[0]["lifecyclesPerSecond"]
    height = 60 + _ROW * len(rows)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 120}" height="{height}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="14">',
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="16" y="26" font-size="16" font-weight="bold">Lifecycles a second</text>',
    ]
    for index, run in enumerate(rows):
        y = 44 + _ROW * index
        wide = max(1, round(_WIDTH * run["lifecyclesPerSecond"] / most))
        color = "#c8102e" if run["name"] == "kip" else "#b8bcc4" if run["fsync"] else "#e3e5e9"
        name = run["name"] + ("" if run["fsync"] else " (no fsync)")
        out.append(f'<text x="{_LEFT - 10}" y="{y + 16}" text-anchor="end">{escape(name)}</text>')
        out.append(f'<rect x="{_LEFT}" y="{y}" width="{wide}" height="22" rx="2" fill="{color}"/>')
        out.append(f'<text x="{_LEFT + wide + 8}" y="{y + 16}">{run["lifecyclesPerSecond"]:,}</text>')
    return "\n".join(out) + "\n</svg>\n"
