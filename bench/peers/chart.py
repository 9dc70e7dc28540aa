"""The table of compare.py as a picture: for each work one bar per engine, as long as its time over ours."""

COLOURS = {"tenon": "#b5651d", "torch": "#888888", "torch.compile": "#aaaaaa", "torch.graph": "#cccccc", "onnxruntime": "#5b7fa6",
           "openvino": "#6f9a6f", "ncnn": "#a68a5b"}
LEFT, WIDTH, BAR, GAP, LONGEST = 230, 560, 9, 12, 10.0  # pixels; the longest bar shows so many times our time


def label(row):
    if row.get("device", "cpu") != "cpu":
        return f"{row['mode']} {row['batch']}: {row['network']}, {row['device']}"
    threads = f"{row['threads']} thread" + ("s" if row["threads"] > 1 else "")
    return f"{row['mode']} {row['batch']}: {row['network']}, {threads}"


def bar(y, name, times, us):
    length = min(times, LONGEST) / LONGEST * WIDTH
    more = " and more" if times > LONGEST else ""
    return (f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR - 1}" fill="{COLOURS[name]}">'
            f"<title>{name}: {us:.1f} microseconds</title></rect>"
            f'<text x="{LEFT + length + 4:.1f}" y="{y + BAR - 2}" class="small">{name} {times:.2f}{more}</text>')


def svg(rows):
    parts, y = [], 30
    for row in rows:
        parts.append(f'<text x="{LEFT - 8}" y="{y + BAR - 1}" text-anchor="end">{label(row)}</text>')
        engines = {"tenon": row["median_us"]} | {name: p["median_us"] for name, p in row["peers"].items()}
        for name, us in sorted(engines.items(), key=lambda pair: pair[1]):
            parts.append(bar(y, name, us / row["median_us"], us))
            y += BAR
        y += GAP
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 140}" height="{y}">'
            "<style>text{font:11px sans-serif}.small{font-size:8px}</style>"
            '<rect width="100%" height="100%" fill="white"/>'
            '<text x="8" y="16">time of a call, as a multiple of Tenon\'s: shorter is faster</text>'
            + "".join(parts) + "</svg>\n")
