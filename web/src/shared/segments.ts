import { create } from './dom';

export interface Segments<Value extends string> {
  readonly element: HTMLElement;
  /** null: none is chosen. */
  select(value: Value | null): void;
  /** Moves the focus to the one that is chosen. */
  focus(): void;
}

/** A group of radio buttons that looks like one switch. `name` is the group's, of which the page has one. */
export function createSegments<Value extends string>(
  name: string,
  choices: Readonly<Record<Value, string>>,
  onChange: (value: Value) => void,
): Segments<Value> {
  const inputs = new Map<Value, HTMLInputElement>();
  const element = create('div', 'segments');
  for (const [value, text] of Object.entries(choices) as [Value, string][]) {
    const input = create('input', 'unseen');
    input.type = 'radio';
    input.name = name;
    input.value = value;
    input.addEventListener('change', () => onChange(value));
    inputs.set(value, input);
    const label = create('label', 'segment');
    label.append(input, create('span', 'segment-name', text));
    element.append(label);
  }
  return {
    element,
    select(value) {
      for (const [own, input] of inputs) input.checked = own === value;
    },
    focus: () => [...inputs.values()].find((input) => input.checked)?.focus(),
  };
}
