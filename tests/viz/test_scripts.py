"""The scripts as they are sent: as small as they have to be, and of the same meaning as they are written."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import Any, get_args

import pytest

from autograd import draw, play
from autograd.core.graph import topological
from autograd.viz.web.script import script, text
from autograd.viz.web.shorten import shortened
from autograd.viz.write.player_page import PARTS, Kind
from examples.gallery import GRAPHS

KINDS = get_args(Kind)
NO_NODE = not shutil.which("node")
MOST = {"player": 16_000, "training": 16_000, "drawing": 8_000, "heat": 2_000}


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_of_a_script(kind: Kind) -> None:
    assert len(script(PARTS[kind][0], kind).encode()) <= MOST[kind]


@pytest.mark.parametrize("make", [draw, play])
def test_bytes_of_a_picture_of_at_most_100_values(make: Callable[[Any], Any]) -> None:
    sizes = {}
    for name, graph in GRAPHS.items():
        root = graph().root
        if len(topological(root)) <= 100:
            sizes[name] = sum(len(content.encode()) for content in make(root)._repr_mimebundle_().values())
    assert len(sizes) > 15
    assert {name: size for name, size in sizes.items() if size > 120_000} == {}


# ── the meaning stays ───────────────────────────────────────────────────────────────────────────────────────────────

PROGRAMS = {
    "a name that is a key and a property, too": "const size={size:3};print(size.size, size?.size)",
    "a pattern": "const show=({first,second:other=first,...rest},[third,,last=7])=>print(first,other,rest.x,third,last)"
    ";show({first:1,x:2},[3,4])",
    "a shorthand": "const first=1,second=2;print(JSON.stringify({first,second,both:[first,second]}))",
    "a computed key": "const first='a';const {[first]:value}={a:5};print(value,{[first]:6}.a)",
    "a template in a template": "const word='w';print(`word ${[1].map((number)=>`${number}{${word}}`)} word`)",
    "an object in a template": "const inner=1;print(`${JSON.stringify({inner,outer:{inner}})} inner`)",
    "a text of names": 'const size=1,text="size \\" size";print(text,size)',
    "a pattern of names": "const size='size size';print(size.replace(/size/g, 'x'),size)",
    "a division": "const total=8,half=2;print(total/half/half)",
    "a choice": "const yes=1,no=2;print(yes?no:yes,(no,yes))",
    "a block and an object": "function pick(key){if(key){const value={key};return value.key}else{return {key:2}.key}}"
    "print(pick(1),pick(0))",
    "scopes": "const value=1;const outer=(value)=>{let inner=value+1;return ()=>inner+value};print(outer(5)(),value)",
    "a name of a loop": "const of=[1,2];for(const item of of)print(item);for(const key in {a:1})print(key)",
    "a default that uses a global one": "const show=(value=Math.max(1,2),far=parseInt('3'))=>print(value,far);show()",
    "defaults that are words": "const show=(wait=()=>false,{on=true,off=null}={})=>print(wait(),on,off,true,null);"
    "show();show(()=>true);print(false)",
    "defaults with words in them": "const map={a:'b'};const show=(key='a' in map,value=map['a'])=>print(key,value);"
    "show();for(const key in map)print(key);for(const key in process.versions)if(key==='v8')print(key)",
    "numbers": "const e3=1,x5=2;print(1e3+e3,0x5+x5,.5,1e-3)",
    "a spread": "const values=[1,2];print(...values,[...values].length)",
    "a name that is as short": "const a=1,bb=2;const c=(d)=>d+a+bb;print(c(1))",
    "an own name that must stay": "function player(box){return box+1}print(player(1))",
}


def outputs(codes: Sequence[str]) -> list[str]:
    """What each program prints, all of them run by one Node.js."""
    ran = "".join(f"(() => {{{code}\n}})();console.log({END!r});" for code in codes)
    lines = f"const print = (...values) => console.log(...values);{ran}"
    done = subprocess.run(["node", "-"], input=lines.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().split(f"{END}\n")[:-1]


END = "the end of a program"


@pytest.mark.skipif(NO_NODE, reason="needs Node.js")
def test_a_shortened_script_does_the_same() -> None:
    short = [shortened(code, "player") for code in PROGRAMS.values()]
    printed, expected = outputs(short), outputs(list(PROGRAMS.values()))
    for name, code, mine, right in zip(PROGRAMS, short, printed, expected, strict=True):
        assert len(code) <= len(PROGRAMS[name])
        assert mine == right != "", name


def test_what_is_kept() -> None:
    short = shortened(PROGRAMS["an own name that must stay"], "player")
    assert short == "function player(a){return a+1}print(player(1))"


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_key_or_property_is_changed(kind: Kind) -> None:
    sources = "\n".join(map(text, PARTS[kind][0]))
    sent = script(PARTS[kind][0], kind)
    for pattern in (r"(?<!\.)\.[a-zA-Z]\w*", r'class="[\w ]+"', r"data-[\w-]+", r"\(/[^/]+/g"):
        assert sorted(re.findall(pattern, sent)) == sorted(re.findall(pattern, sources))


def test_a_script_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="a template has no end: '`half'"):
        shortened("const text=`half", "")
