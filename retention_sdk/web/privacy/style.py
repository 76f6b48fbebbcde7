"""The style sheet of the pages: the brand's colours, made readable by day and by night."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from ...messages.colours import contrast, first_readable, mix, readable
from ...messages.look import faces_of
from ...model import Palette

# WCAG 2.2, success criterion 1.4.11: what is no text, such as the edge of a button.
_EDGE_MIN = 3.0
_NIGHT = {"paper": "#1c1a18", "ground": "#121110", "ink": "#f3eee6"}
_MUTED_SHARES = (0.3, 0.2, 0.1)
_EDGE_SHARES = (0.45, 0.55, 0.65, 0.8, 1.0)

_SHEET = Template("""\
:root{color-scheme:light dark;$day}
@media (prefers-color-scheme:dark){:root{$night}}
*{box-sizing:border-box}
html{font:100%/$line_height $faces;background:var(--ground);color:var(--ink);\
-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;padding:clamp(0rem,4vw,3rem) clamp(0rem,3vw,1.5rem);overflow-wrap:break-word}
.sheet{max-width:36rem;margin:0 auto;background:var(--paper);border-block-start:.375rem solid \
var(--accent);padding:clamp(1.5rem,6vw,3rem) clamp(1.25rem,6vw,3rem)}
@media (min-width:40rem){.sheet{border-radius:.375rem;box-shadow:0 1px 3px rgb(0 0 0/.12)}}
header{margin:0 0 2.25rem}
.brand{margin:0;font-size:1.125rem;color:var(--ink);font-weight:600}
.logo{display:block;max-width:11rem;max-height:4rem;background:var(--logo);padding:var(--logo-room);\
border-radius:.25rem}
h1{margin:0 0 1rem;font-size:clamp(1.5rem,5vw,1.875rem);line-height:1.3;font-weight:$weight;\
font-family:$heading_faces;color:var(--heading);text-wrap:balance}
p{margin:0 0 1rem}
.news{margin:0 0 1.75rem;padding:.875rem 1rem;border-inline-start:.25rem solid var(--edge);\
background:var(--tint)}
.news p{margin:0}
.news p:first-child{font-weight:600}
.news p+p{margin-block-start:.5rem}
fieldset{margin:1.75rem 0 0;padding:0;border:0;min-width:0}
legend{padding:0;margin:0 0 .25rem;font-weight:600}
.box{display:flex;gap:.75rem;align-items:flex-start;padding:.625rem 0;min-height:2.75rem;\
border-block-end:1px solid var(--line);cursor:pointer}
.box input{flex:none;width:1.25rem;height:1.25rem;margin:.2rem 0 0;accent-color:var(--button)}
.box small{display:block;font-size:.875rem;color:var(--muted)}
.box:has(:disabled){cursor:default}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin:2rem 0 0}
button{flex:1 1 12rem;min-height:3rem;padding:.625rem 1.25rem;font:inherit;font-weight:600;\
border:2px solid var(--edge);border-radius:.375rem;background:transparent;color:var(--ink);\
cursor:pointer}
button.main{background:var(--button);border-color:var(--button);color:var(--button-ink)}
.anchors{margin:1.75rem 0 0}
a{color:var(--link);text-underline-offset:.2em}
a:hover{text-decoration-thickness:.15em}
:focus-visible{outline:3px solid var(--focus);outline-offset:3px;border-radius:2px}
section{margin:2.5rem 0 0;padding:1.5rem 0 0;border-block-start:1px solid var(--line)}
h2{margin:0 0 .5rem;font-size:1.0625rem;line-height:1.4}
footer{max-width:36rem;margin:0 auto;padding:1.5rem clamp(1.25rem,6vw,3rem);font-size:.875rem;\
color:var(--muted)}
footer p{margin:0 0 1rem}
summary{cursor:pointer;padding:.5rem 0;width:fit-content}
.languages{columns:10rem;margin:.5rem 0 0;padding:0;list-style:none}
.languages a{display:block;padding:.5rem 0}
@media (prefers-reduced-motion:no-preference){button{transition:opacity .15s}}
button:hover{opacity:.85}
@media print{html,.sheet{background:#fff;color:#000}.sheet{border:0;box-shadow:none;padding:0}\
footer nav,.buttons{display:none}h1,a,footer{color:#000}}
""")


def style_of(palette: Palette, script: str) -> str:
    """Return the style sheet for a palette and a script (ISO 15924). Pure."""
    text_faces, heading_faces, line_height = faces_of(script)
    return _SHEET.substitute(
        day=_variables(_by_day(palette)),
        night=_variables(_by_night(palette)),
        faces=f"{text_faces},sans-serif",
        heading_faces=f"{heading_faces},serif" if heading_faces else f"{text_faces},sans-serif",
        weight=400 if heading_faces else 600,
        line_height=line_height,
    )


def _by_day(palette: Palette) -> Mapping[str, str]:
    paper, ink = palette.paper, readable(palette.ink, on=palette.paper)
    ground = mix(paper, ink, 0.06)
    tint = _tint(paper, palette.accent, ink)
    return {
        "paper": paper,
        "ground": ground,
        "ink": ink,
        "accent": palette.accent,
        "heading": first_readable(palette.primary, ink, on=paper),
        "logo": "transparent",
        "logo-room": "0",
        **_shades(paper, ground, ink, tint),
        **_controls(palette, paper, ink),
    }


def _by_night(palette: Palette) -> Mapping[str, str]:
    paper, ground, ink = _NIGHT["paper"], _NIGHT["ground"], _NIGHT["ink"]
    tint = _tint(paper, palette.accent, ink)
    return {
        **_NIGHT,
        "accent": palette.accent,
        "heading": first_readable(palette.accent, palette.primary, ink, on=paper),
        # A logo is drawn for the brand's paper, so it keeps a piece of it.
        "logo": palette.paper,
        "logo-room": ".5rem",
        **_shades(paper, ground, ink, tint),
        **_controls(palette, paper, ink),
    }


def _shades(paper: str, ground: str, ink: str, tint: str) -> Mapping[str, str]:
    on = min(paper, ground, key=lambda colour: contrast(ink, colour))
    return {
        "tint": tint,
        "line": mix(paper, ink, 0.16),
        "muted": first_readable(*(mix(ink, paper, share) for share in _MUTED_SHARES), ink, on=on),
        "edge": next(
            shade
            for share in _EDGE_SHARES
            if contrast(shade := mix(paper, ink, share), paper) >= _EDGE_MIN
        ),
    }


def _controls(palette: Palette, paper: str, ink: str) -> Mapping[str, str]:
    """A button has to be seen, and what is written on it to be read."""
    colours = (palette.primary, palette.accent, ink)
    button = next(each for each in colours if contrast(each, paper) >= _EDGE_MIN)
    return {
        "button": button,
        "button-ink": readable(paper, on=button),
        "link": first_readable(palette.primary, palette.accent, ink, on=paper),
        "focus": ink,
    }


def _tint(paper: str, accent: str, ink: str) -> str:
    tint = mix(paper, accent, 0.14)
    return (
        tint if contrast(ink, tint) >= contrast(ink, paper) / 2 and _is_read(ink, tint) else paper
    )


def _is_read(ink: str, ground: str) -> bool:
    return readable(ink, on=ground) == ink


def _variables(colours: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in colours.items())
