#!/usr/bin/env python3
"""Holds every #include and import to the arrows of rooms.txt: check_rooms.py [--quiet] [ROOT], or
--self-test; with --headers it prints "SOURCE<tab>HEADER HEADER .." for each .cpp of core and native:
all headers of ours that it includes, directly or not.

Refuses an include from a room that rooms.txt does not name, a cycle between rooms, a cycle between
units of one room (a .h and its .cpp are one unit), more than MOST_UNITS units in a folder of C++,
sources in the roots of core and native, and a library that uses the terminal or signals: those belong
to TERMINAL_ROOMS. Prints a line for each and exits with 1 if there is any.
"""
import os
import posixpath
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOMS = 'tests/rooms/rooms.txt'
TOPS = ('core', 'native', 'wasm', 'web/src')
NOT_OURS = ('node_modules', 'dist', 'xnnpack')
MOST_UNITS = 25
TERMINAL_ROOMS = ('native/terminal', 'native/commands', 'native/commands/options', 'native/commands/models', 'native/examples')
TERMINAL = re.compile(r'std::(?:cerr|cout|clog|cin)\b|\b(?:stderr|stdout|STDERR_FILENO|STDOUT_FILENO|fmt::print|sig_atomic_t|sigaction)\b|'
                      r'\b(?:v?printf|puts|putchar|perror|signal)\s*\(|<(?:iostream|csignal|signal\.h)>')
# Comments and strings may name what code must not use.
NO_CODE = re.compile(r"""//[^\n]*|/\*.*?\*/|'\\?"'|"(?:\\.|[^"\\\n])*\"""", re.S)
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
IMPORT = re.compile(r"""(?:^|[\s;}])(?:from|import)\s*\(?\s*['"]([^'"]+)['"]""")


def read_rooms(root):
    """{room: rooms it may include} and {file without its ending: its room}, for files without a folder."""
    arrows, placed = {}, {}
    with open(os.path.join(root, ROOMS), encoding='utf-8') as lines:
        for number, line in enumerate(lines, 1):
            line = line.split('#')[0].strip()
            if not line:
                continue
            match = re.fullmatch(r'([\w/]+)\s*([:=])\s*([\w/. ]*)', line)
            if not match:
                sys.exit(f'{ROOMS}:{number}: neither "ROOM: OTHER ROOM .." nor "ROOM = FILE .."')
            room, what, names = match[1], match[2], match[3].split()
            if what == '=':
                for name in names:
                    placed[posixpath.join(posixpath.dirname(room), name)] = room
            elif room in arrows:
                sys.exit(f'{ROOMS}:{number}: {room} stands there twice')
            else:
                arrows[room] = names
    return arrows, placed


def sources(root):
    for top in TOPS:
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders[:] = sorted(f for f in folders if f not in NOT_OURS)
            for name in sorted(files):
                if name.endswith(('.h', '.cpp', '.ts', '.mts')) and not (name.endswith('ts') and 'src' not in folder):
                    yield posixpath.relpath(posixpath.join(folder, name), root)


def room_of(path, arrows, placed):
    stem = posixpath.splitext(path)[0]
    for name in (path, stem):
        if name in placed:
            return placed[name]
    folder = posixpath.dirname(path)
    return folder if folder in arrows else None


def target_of(path, name, known):
    """The file of ours that `path` includes as `name`; None for somebody else's."""
    if path.endswith(('.h', '.cpp')):
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        return name if name in known else beside if beside in known else None
    if not name.startswith('.'):
        return None  # A package by its name.
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
    bare, ending = re.fullmatch(r'(.*?)(\.m?js)?', target).groups()
    for candidate in (target, bare + '.d.mts') if ending == '.mjs' else (target, bare + '.ts', bare + '.d.ts', bare + '/index.ts'):
        if candidate in known:
            return candidate
    return target if not target.startswith(TOPS) else None  # Styles are none of our rooms' business.


def cycles(graph):
    """The cycles of a graph, each as the list of its nodes (strongly connected components, Tarjan 1972)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            part = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(part) > 1 or node in graph.get(node, ()):
                found.append(sorted(part))

    sys.setrecursionlimit(10000)
    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def units_of(files):
    """A .h and its .cpp are one; a .cpp without a header counts with the one that begins with its first word."""
    headers = {posixpath.splitext(f)[0] for f in files if f.endswith('.h')}
    units = set(headers)
    for stem in (posixpath.splitext(f)[0] for f in files if f.endswith('.cpp')):
        word = posixpath.basename(stem).split('_')[0]
        split = any(posixpath.basename(h).startswith(word) for h in headers)
        if stem not in headers and not split:
            units.add(stem)
    return units


def terminal_of(text):
    """What code names of the terminal's streams and of signals."""
    return sorted(set(TERMINAL.findall(NO_CODE.sub(' ', text))))


def check(root):
    """All that is wrong, a line each; and what was looked at."""
    arrows, placed = read_rooms(root)
    problems, includes, units, folders = [], 0, {}, {}
    for room, others in arrows.items():
        for other in others:
            if other not in arrows:
                problems.append(f'{ROOMS}: {room} names {other}, which is no room')
    for cycle in cycles(arrows):
        problems.append(f'{ROOMS}: the rooms {", ".join(cycle)} include each other')
    known = list(sources(root))
    all_files = set(known)
    for path in known:
        room = room_of(path, arrows, placed)
        is_cpp = path.endswith(('.h', '.cpp'))
        if is_cpp:
            folders.setdefault(posixpath.dirname(path), []).append(path)
        if posixpath.dirname(path) in ('core', 'native'):
            problems.append(f'{path}: {posixpath.dirname(path)} itself holds no source; move it into a room')
            continue
        if room is None:
            problems.append(f'{path}: belongs to no room of {ROOMS}')
            continue
        unit = posixpath.splitext(path)[0]
        units.setdefault(unit, set())
        with open(os.path.join(root, path), encoding='utf-8') as file:
            text = file.read()
            if is_cpp and room not in TERMINAL_ROOMS:
                problems += [f'{path}: room {room} may not use {found}; the command owns the terminal and signals' for found in terminal_of(text)]
            for number, line in enumerate(text.split('\n'), 1):
                for name in (INCLUDE if is_cpp else IMPORT).findall(line):
                    target = target_of(path, name, all_files)
                    where = f'{path}:{number}'
                    if target is None:
                        if is_cpp and name.startswith(tuple(t + '/' for t in TOPS)):
                            problems.append(f'{where}: there is no {name}')
                        continue
                    includes += 1
                    other = room_of(target, arrows, placed)
                    if is_cpp and other == room:
                        units[unit].add(posixpath.splitext(target)[0])
                    if other is None:
                        problems.append(f'{where}: room {room} may not include {name}, which is in no room')
                    elif other != room and other not in arrows[room]:
                        problems.append(f'{where}: room {room} may not include room {other} ({name}); see {ROOMS}')
    for cycle in cycles({u: targets - {u} for u, targets in units.items()}):
        problems.append(f'{cycle[0]}: includes itself by way of {", ".join(cycle[1:])}')
    for folder, files in sorted(folders.items()):
        count = len(units_of(files))
        if count > MOST_UNITS:
            problems.append(f'{folder}: {count} units; more than {MOST_UNITS} are a room too full to see through')
    return problems, f'{len(arrows)} rooms, {len(known)} files, {includes} includes, {len(problems)} problems'


def print_headers(root):
    included = {}
    known = [path for path in sources(root) if path.endswith(('.h', '.cpp')) and path.startswith(('core/', 'native/'))]
    for path in known:
        with open(os.path.join(root, path), encoding='utf-8') as lines:
            names = [name for line in lines for name in INCLUDE.findall(line)]
        included[path] = {target for name in names if (target := target_of(path, name, known))}
    for path in known:
        if path.endswith('.cpp'):
            headers, new = set(), included[path]
            while new:
                headers |= new
                new = set().union(*(included[header] for header in new)) - headers
            print(path + '\t' + ' '.join(sorted(headers)))


def self_test():
    """Every kind of wrong include is refused in a tiny tree, and the tree without it is not."""
    wrong = {  # What is written, and what must be said of it.
        'core/base/wrong.h': ('#include "core/face/right.h"\n', 'room core/base may not include room core/face'),
        'native/system/wrong.h': ('#include "native/data/right.h"\n', 'room native/system may not include room native/data'),
        'native/training/layers/wrong.cpp': ('#include "native/training/run/right.h"\n', 'may not include room native/training/run'),
        'core/api/wrong.cpp': ('#include "core/zeroshot/right.h"\n', 'room core/api may not include room core/zeroshot'),
        'wasm/wrong.cpp': ('', 'belongs to no room'),
        'wasm/src/page/wrong.ts': ("import { a } from '../worker/right.js';\n", 'may not include room wasm/src/worker'),
        'web/src/teach/wrong.ts': ("import { a } from '../compare/right';\n", 'may not include room web/src/compare'),
        'web/src/shared/wrong.ts': ("import { a } from '../../../wasm/src/page/right.js';\n", 'may not include room wasm/src/page'),
        'core/wrong.cpp': ('', 'core itself holds no source'),
        'core/attic/wrong.h': ('', 'belongs to no room'),
        'native/data/stream.cpp': ('void f() { std::cerr << 1; }\n', 'may not use std::cerr'),
        'native/data/print.cpp': ('void f() { fmt::print(stderr, "a"); }\n', 'may not use stderr'),
        'core/face/include.cpp': ('#include <iostream>\n', 'may not use <iostream>'),
        'native/training/run/flag.cpp': ('void f() { std::signal(2, g); }\n', 'may not use signal('),
        'core/base/twin.h': ('#include "core/base/right.h"\n', 'includes itself by way of'),
    }
    failed = 0
    with tempfile.TemporaryDirectory() as root:
        def write(path, text):
            os.makedirs(os.path.join(root, posixpath.dirname(path)), exist_ok=True)
            with open(os.path.join(root, path), 'w', encoding='utf-8') as out:
                out.write(text)

        def expect(what, text):
            nonlocal failed
            said = check(root)[0]
            is_right = any(text in line for line in said) if text else not said
            failed += not is_right
            print(('ok      ' if is_right else 'FAILED  ') + what, *([] if is_right else said), sep='\n    ')

        os.makedirs(os.path.join(root, 'tests/rooms'))
        shutil.copy(os.path.join(HERE, 'rooms.txt'), os.path.join(root, ROOMS))
        for room in ('core/base', 'core/face', 'core/zeroshot', 'native/system', 'native/data', 'native/training/layers', 'native/training/run'):
            write(room + '/right.h', '#pragma once\n')
        write('core/face/face.cpp', '#include "core/base/right.h"\n')
        for room, ending in (('wasm/src/page', ''), ('wasm/src/worker', ''), ('web/src/compare', ''), ('web/src/shared', '')):
            write(room + '/right.ts', 'export const a = 1;\n')
        write('web/src/teach/good.ts', "import { a } from '../shared/right';\n")
        write('native/data/named.cpp', '// Not to std::cerr.\nconst char* a = "stdout \\" stderr";\nchar b = \'"\';\n')
        write('native/commands/say.cpp', 'void f() { std::cerr << 1; }\n')
        expect('a tree without mistakes', None)
        for path, (text, said) in wrong.items():
            write(path, text)
            if path == 'core/base/twin.h':
                write('core/base/right.h', '#include "core/base/twin.h"\n')
            expect(path, said)
            os.remove(os.path.join(root, path))
            write('core/base/right.h', '#pragma once\n')
        for i in range(MOST_UNITS + 1):
            write(f'core/base/unit_{i}.h', '')
        expect('a full room', 'units; more than')
        for i in range(MOST_UNITS + 1):
            os.remove(os.path.join(root, f'core/base/unit_{i}.h'))
        with open(os.path.join(root, ROOMS), 'a', encoding='utf-8') as rooms:
            rooms.write('\nweb/src/one: web/src/two\nweb/src/two: web/src/one\n')
        expect('rooms in a circle', 'include each other')
    return failed


def main():
    if sys.argv[1:] == ['--self-test']:
        return 1 if self_test() else 0
    if sys.argv[1:] == ['--headers']:
        return print_headers(os.path.abspath(os.path.join(HERE, '../..')))
    roots = [a for a in sys.argv[1:] if a != '--quiet']
    problems, counts = check(os.path.abspath(roots[0] if roots else os.path.join(HERE, '../..')))
    for line in problems if '--quiet' in sys.argv else [*problems, counts]:
        print(line)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
