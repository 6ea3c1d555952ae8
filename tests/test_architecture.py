"""Rules of the house that a machine can check: sizes, and where things may stand."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# A file or function may be longer where a sentence says why.
LONGER_FILES = {
    "cpp/kwise/simd/kernels.inl": "every kernel that is compiled per instruction set, in one list",
}
LONGER_FUNCTIONS: dict[str, str] = {}
LARGER_CLASSES = {
    "dense_points.hpp:DensePoints": "what every stage asks of the rows",
    "silhouette.hpp:Silhouette": "preparation and the steps of one measure",
}


def tracked(*suffixes: str) -> list[Path]:
    """Return the files with one of these endings that are part of the project."""
    files = [*(ROOT / "src").rglob("*"), *(ROOT / "cpp").rglob("*"), *(ROOT / "tests").rglob("*")]
    return sorted(f for f in files if f.suffix in suffixes and "__pycache__" not in f.parts)


def test_files_stay_short() -> None:
    lengths = {
        f.relative_to(ROOT).as_posix(): len(f.read_text().splitlines())
        for f in tracked(".py", ".cpp", ".hpp", ".inl")
    }

    assert not {f: n for f, n in lengths.items() if n > 400 and f not in LONGER_FILES}


def test_an_engine_is_one_short_file() -> None:
    from kwise.engines import ENGINES

    files = {name: module.partition(":")[0].rpartition(".")[2] for name, module in ENGINES.items()}
    lengths = {
        name: len((ROOT / "src/kwise/engines" / f"{file}.py").read_text().splitlines())
        for name, file in files.items()
    }

    assert not {name: n for name, n in lengths.items() if n > 150}


def function_lengths(path: Path) -> dict[str, int]:
    """Return the lines of each function without its docstring."""
    lengths = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if body:
                lengths[node.name] = (node.end_lineno or 0) - body[0].lineno + 1
    return lengths


def test_functions_stay_short() -> None:
    lengths = {
        f"{f.relative_to(ROOT).as_posix()}:{function}": n
        for f in tracked(".py")
        for function, n in function_lengths(f).items()
    }

    assert not {f: n for f, n in lengths.items() if n > 40 and f not in LONGER_FUNCTIONS}


# The engine's folders from the ground up: a file may include its own folder and those before it.
ENGINE_LAYERS = [
    *("base", "dispatch", "simd", "data", "exact", "filters", "bounds", "seeding", "sparse"),
    *("assign", "predict", "metrics", "variants", "lloyd", "search"),
]


def sources(folder: str, *suffixes: str) -> list[Path]:
    """Return the C++ files below a folder of cpp/."""
    return sorted(f for f in (ROOT / "cpp" / folder).rglob("*") if f.suffix in suffixes)


def test_only_the_bindings_know_nanobind() -> None:
    knowing = {
        f.parent.name
        for f in tracked(".cpp", ".hpp", ".inl")
        if any(word in f.read_text() for word in ("nanobind/", "Python.h"))
    }

    assert knowing == {"bindings"}


def test_every_file_of_the_engine_is_in_a_folder_of_its_stage() -> None:
    folders = {f.name for f in (ROOT / "cpp/kwise").iterdir()}

    assert folders == set(ENGINE_LAYERS)


def test_folders_of_the_engine_stay_small() -> None:
    concepts: dict[str, set[str]] = {}
    for file in sources("kwise", ".cpp", ".hpp", ".inl"):
        concepts.setdefault(file.parent.relative_to(ROOT).as_posix(), set()).add(file.stem)

    assert not {folder: len(names) for folder, names in concepts.items() if len(names) > 12}


def test_includes_of_the_engine_point_down() -> None:
    includes = [
        (file, own, folder)
        for file in sources("kwise", ".cpp", ".hpp", ".inl")
        for own in file.relative_to(ROOT / "cpp/kwise").parts[:1]
        for folder in re.findall(r'#include "kwise/(\w+)/', file.read_text())
    ]
    layer = ENGINE_LAYERS.index
    upward = [f"{file} -> {folder}" for file, own, folder in includes if layer(folder) > layer(own)]

    assert includes
    assert not upward


# Words that names of the engine no longer use (docs/dev/glossary.md): patterns of whole names.
RETIRED_IN_ENGINE = [
    r"[wW]hole_?([rR]ows|[lL]ines|[fF]rame|[fF]ilter|[gG]ains|[pP]anels|[cC]enters|[tT]rials)_?",
    *(r"(fixed|Fixed)_?(rows|filter|centers|store|kernels|point)", r"space_order"),
    *(r"(n_)?open_(rows|groups)|n_open", r"\w*_rests?_", r"settle\w*", r"touched_?", r"know_\w+"),
    *(r"leave_whole", r"judge_\w+", r"spare_\w+", r"LateFilter", r"FilterWay", r"FilterFrame"),
    *(r"(\w+_)?[gG]ains?(_\w+)?", r"marks_?", r"excess(es)?_?", r"Meetings?", r"moments"),
    *(r"beside_?", r"streamed\w*", r"side_\w+", r"parted", r"[nN]earest2\w*", r"nearest_whole\w*"),
    *(r"(register|trial|box)_group", r"group_(limit|size|sizes)"),
]


def head_of(header: Path) -> str:
    """Return the first paragraph of a header's comments as one line."""
    lines = header.read_text().splitlines()
    n_lines = next(i for i, line in enumerate(lines) if line == "//" or line[:2] != "//")
    return " ".join(line.removeprefix("//").strip() for line in lines[:n_lines])


def test_every_header_of_the_engine_says_its_stage_and_who_calls_it() -> None:
    for header in sources("kwise", ".hpp"):
        head, stage = head_of(header), header.relative_to(ROOT / "cpp/kwise").parts[0]
        called = re.search(r"(?:Called|Read|Included)(?: only)? by |call it|calls? them", head)
        callers = head[called.start() :] if called else ""
        assert head.startswith(f"{stage.capitalize()}: "), header
        assert called, header
        for name in re.findall(r"[a-z_]+/(?:[a-z0-9_]+\.[a-z]+)?", callers):
            assert (ROOT / "cpp/kwise" / name).exists() or (ROOT / "cpp" / name).exists(), header


def test_names_of_the_engine_are_those_of_the_glossary() -> None:
    retired = re.compile("|".join(f"(?:{pattern})" for pattern in RETIRED_IN_ENGINE))
    found = set()
    for file in sources("", ".cpp", ".hpp", ".inl"):
        code = re.sub(r'//[^\n]*|"(?:[^"\\\n]|\\.)*"', "", file.read_text())
        names = {*re.findall(r"\b[A-Za-z_]\w*\b", code), file.stem}
        found |= {f"{file.name}: {name}" for name in names if retired.fullmatch(name)}

    assert not found


def functions_of_classes(text: str) -> dict[str, int]:
    """Return how many functions each class of a formatted header declares."""
    classes = re.findall(r"^(?:class|struct) (\w+)[^;{]*\{\n(.*?)^\};", text, re.M | re.S)
    declared = re.compile(r"^    [^\s/#:][^=\n]*?\b~?\w+\(", re.M)
    return {name: len(declared.findall(body)) for name, body in classes}


def test_classes_of_the_engine_stay_small() -> None:
    counts = {
        f"{file.name}:{name}": n
        for file in sources("", ".cpp", ".hpp")
        for name, n in functions_of_classes(file.read_text()).items()
    }

    assert not {name: n for name, n in counts.items() if n > 20 and name not in LARGER_CLASSES}


def test_the_kernels_use_nothing_of_the_standard_library_that_could_be_linked_wrongly() -> None:
    for path in sources("kwise/simd", ".inl"):
        includes = [line for line in path.read_text().splitlines() if line.startswith("#include <")]
        assert not includes, path


def test_layers_are_kept() -> None:
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


# Words that docs/dev/glossary.md replaced; as a word of a name they are not to come back.
RETIRED = {
    "beside", "blade", "blades", "closeness", "contest", "descents", "meaning", "nearness",
    "recipe", "returning", "study", "tuned", "works",
}  # fmt: skip


def names_in(path: Path) -> list[str]:
    """Return the file's name and those of its functions and classes."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    tree = ast.walk(ast.parse(path.read_text()))
    return [path.stem, *(node.name for node in tree if isinstance(node, kinds))]


def test_retired_words_are_in_no_name() -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}:{name}"
        for path in (ROOT / "src").rglob("*.py")
        for name in names_in(path)
        if RETIRED & {word.lower() for word in re.findall(r"[A-Z]?[a-z]+", name)}
    }

    assert not found


def test_the_glossary_says_what_stands_for_a_retired_word() -> None:
    glossary = (ROOT / "docs" / "dev" / "glossary.md").read_text()
    replaced = {word for line in glossary.splitlines() for word in line.split("|")[-2:-1]}
    told = set(re.findall(r"\w+", " ".join(replaced)))

    assert told >= RETIRED - {"blades"}


def test_no_two_public_classes_have_one_name() -> None:
    places: dict[str, list[str]] = {}
    for path in (ROOT / "src" / "kwise").rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(path.relative_to(ROOT).as_posix())

    assert not {name: where for name, where in places.items() if len(where) > 1}


def test_types_that_modules_share_have_one_home() -> None:
    defined = re.compile(r"^(?:Floats|RandomState)\b[^=\n]* = .*(?:float64|RandomState \|)", re.M)
    homes = [f for f in (ROOT / "src").rglob("*.py") if defined.search(f.read_text())]

    assert [f.name for f in homes] == ["types.py"]


# What opens files to write by other ways than ``written_whole``, and why it may.
WRITERS = {
    "_atomic.py": "all others write by it",
    "cli/_streams.py": "nowhere, where a stream is closed",
    "io/datasets/download.py": "bytes of a download that a later call continues",
    "report/pdf.py": "a page in a folder of its own, for the browser that prints it",
}
WRITING = {"mkstemp", "NamedTemporaryFile", "write_bytes", "write_text", "savez", "tofile"}
PICTURES = {"save", "savefig"}  # of a Figure or an Image, in a format


def writes(call: ast.Call) -> bool:
    """Whether a call writes to a file by its name."""
    made = call.func
    drawn = any(each.arg == "format" for each in call.keywords)
    if isinstance(made, ast.Attribute) and made.attr in WRITING | (PICTURES if drawn else set()):
        first = call.args[0] if call.args else None
        return not (isinstance(first, ast.Name) and first.id in ("file", "out", "made"))
    if isinstance(made, ast.Attribute | ast.Name) and ast.unparse(made).endswith("open"):
        modes = [each.value for each in call.args if isinstance(each, ast.Constant)]
        return any(isinstance(mode, str) and set(mode) & set("wax+") for mode in modes)
    return False


def test_files_are_written_whole_in_one_place() -> None:
    package = ROOT / "src" / "kwise"
    found = {
        f.relative_to(package).as_posix()
        for f in package.rglob("*.py")
        for node in ast.walk(ast.parse(f.read_text()))
        if isinstance(node, ast.Call) and writes(node)
    }

    assert found == set(WRITERS)
