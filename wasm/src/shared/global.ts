/** The DOM's type of this name where the compiler knows the DOM, so that node projects need not. */
export type Global<Name extends string> = typeof globalThis extends {
  [Key in Name]: { prototype: infer Type };
}
  ? Type
  : never;
