// Every operator and form of make_graphs.py, and the families of make_families.py, import and give what onnxruntime-web
// gives; what cannot be imported is refused in one line that names the node, and nothing is written.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parity, requireBuild, root, seed, visavis } from './onnx_parity.js';

interface Graph {
  name: string;
  input: number[];
  low: number;
  high: number;
  refused: string | null; // what the message must match
  runs: boolean; // whether onnxruntime-web runs it; else the import is held against its own evaluation of the graph
  tolerance: number; // relative to the largest output; both compute in fp32 and differ in the order of their sums
}

const folder = mkdtempSync(join(tmpdir(), 'visavis-graphs-'));

/** The graphs that a script of this folder writes; none, with a message, where Debian's Python has not what it needs. */
function graphsOf(script: string): Graph[] {
  const target = join(folder, script);
  const made = spawnSync(
    '/usr/bin/python3',
    ['-W', 'ignore', join(root, 'tests', 'parity', `${script}.py`), target],
    { encoding: 'utf8' },
  );
  const list = join(target, 'graphs.json');
  if (made.status === 0 && existsSync(list))
    return JSON.parse(readFileSync(list, 'utf8')) as Graph[];
  if (made.status !== 77)
    throw new Error(`${script}.py failed: ${made.stderr ?? String(made.error)}`);
  console.warn(
    `Skipped: the graphs of ${script}.py. ${made.stdout.trim()}; install it to test them, too`,
  );
  return [];
}

function check(script: string, graph: Graph): void {
  it(
    graph.name,
    async () => {
      const onnx = join(folder, script, `${graph.name}.onnx`);
      const model = join(folder, `${graph.name}.visavis`);
      const imported = await visavis('import', 'onnx', onnx, '--out', model);
      if (graph.refused !== null) {
        expect(imported.status).toBe(2);
        expect(imported.stderr).toMatch(new RegExp(graph.refused));
        expect(imported.stderr).toContain(onnx);
        expect(imported.stderr.trim().split('\n')).toHaveLength(1);
        expect(existsSync(model)).toBe(false);
        return;
      }
      expect(imported.status, imported.stderr).toBe(0);
      if (!graph.runs) {
        const check = /it differs from the file's own graph by (\S+) of the largest output/.exec(
          imported.stdout,
        );
        expect(Number(check?.[1]), imported.stdout).toBeLessThanOrEqual(graph.tolerance);
        return;
      }
      const result = await parity({
        onnx,
        model,
        imported: imported.stdout,
        dims: graph.input,
        low: graph.low,
        high: graph.high,
      });
      rmSync(model);
      expect(result.largest, 'an output of zeros tells nothing').toBeGreaterThan(0);
      expect(result.ratio, `seed ${seed}, ${JSON.stringify(result)}`).toBeLessThanOrEqual(
        graph.tolerance,
      );
    },
    60_000,
  );
}

beforeAll(() => requireBuild());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const script of ['make_graphs', 'make_families']) {
  const graphs = graphsOf(script);
  describe.skipIf(graphs.length === 0)(`import of the graphs of ${script}.py`, () => {
    for (const graph of graphs) check(script, graph);
  });
}
