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
        color = "#c8102e" if run["name"].startswith("kip") else "#b8bcc4" if run["fsync"] else "#e3e5e9"
        name = run["name"] + ("" if run["fsync"] else " (no fsync)")
        out.append(f'<text x="{_LEFT - 10}" y="{y + 16}" text-anchor="end">{escape(name)}</text>')
        out.append(f'<rect x="{_LEFT}" y="{y}" width="{wide}" height="22" rx="2" fill="{color}"/>')
        out.append(f'<text x="{_LEFT + wide + 8}" y="{y + 16}">{run["lifecyclesPerSecond"]:,}</text>')
    return "\n".join(out) + "\n</svg>\n"


def growth(rows):
    """Three panels over the jobs that wait, each from zero to its own greatest value."""
    panels = [("lifecyclesPerSecond", "Lifecycles a second", "#c8102e"), ("megabytes", "MB of memory", "#4a6fa5"),
              ("startSeconds", "Seconds from start to the end of a new job", "#6b8e23")]
    wide, high, left, gap = 560, 90, 60, 70
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide + 2 * left}" height="{60 + (high + gap) * len(panels)}" '
        'font-family="Helvetica, Arial, sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="white"/>',
        '<text x="16" y="28" font-size="16" font-weight="bold">What waiting jobs cost</text>',
    ]
    step = wide / max(1, len(rows) - 1)
    for number, (key, words, color) in enumerate(panels):
        bottom = 60 + (high + gap) * number + high + 20
        most = max(row[key] for row in rows) or 1
        out.append(f'<text x="{left}" y="{bottom - high - 12}" fill="{color}" font-weight="bold">{escape(words)}</text>')
        out.append(f'<line x1="{left}" y1="{bottom}" x2="{left + wide}" y2="{bottom}" stroke="#888"/>')
        points = [(left + step * index, bottom - 0.75 * high * row[key] / most) for index, row in enumerate(rows)]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        for (x, y), row in zip(points, rows):
            out.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{color}"/>')
            out.append(f'<text x="{x:.0f}" y="{y - 8:.0f}" text-anchor="middle">{row[key]:,}</text>')
            out.append(f'<text x="{x:.0f}" y="{bottom + 18}" text-anchor="middle" fill="#555">{row["waiting"]:,}</text>')
    return "\n".join(out) + "\n</svg>\n"
