import { expect, test } from 'vitest';

import { TaskQueue } from '../../wasm/dist/page/queue.js';

/** A task that runs until it is told to end. */
function held(log: string[], name: string) {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const task = async (): Promise<string> => {
    log.push(name);
    await ended;
    return name;
  };
  return { task, end };
}

test('tasks run in order, no more at a time than the limit', async () => {
  const log: string[] = [];
  const queue = new TaskQueue(2);
  const tasks = ['a', 'b', 'c'].map((name) => held(log, name));
  const results = tasks.map(({ task }) => queue.run(task));
  expect(log).toEqual(['a', 'b']);
  tasks[1]!.end();
  expect(await results[1]).toBe('b');
  await Promise.resolve();
  expect(log).toEqual(['a', 'b', 'c']);
  tasks[0]!.end();
  tasks[2]!.end();
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
});

test('a cancelled task that waits is never begun; one that runs is left, and keeps its place', async () => {
  const log: string[] = [];
  const queue = new TaskQueue(1);
  const [running, waiting, last] = ['running', 'waiting', 'last'].map((name) => held(log, name));
  const abort = new AbortController();
  const results = [
    queue.run(running!.task, abort.signal),
    queue.run(waiting!.task, abort.signal),
    queue.run(last!.task),
  ];
  abort.abort();
  await expect(results[0]).rejects.toMatchObject({ name: 'VisavisError', code: 'cancelled' });
  await expect(results[1]).rejects.toMatchObject({ code: 'cancelled' });
  expect(log).toEqual(['running']);
  running!.end();
  last!.end();
  expect(await results[2]).toBe('last');
  expect(log).toEqual(['running', 'last']);
});

test('a task that fails makes way for the next', async () => {
  const queue = new TaskQueue(1);
  await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await queue.run(async () => 1)).toBe(1);
});

test('a signal that was aborted before rejects without a run', async () => {
  const queue = new TaskQueue(1);
  let ran = false;
  const result = queue.run(async () => (ran = true), AbortSignal.abort());
  await expect(result).rejects.toMatchObject({ code: 'cancelled' });
  expect(ran).toBe(false);
});
