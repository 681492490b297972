/**
 * `import()` that stays one. Compiled to CommonJS, TypeScript would make a `require` of it, which cannot load an ES module
 * before Node 20.19.
 */
export const importModule = new Function('name', 'return import(name)') as (name: string) => Promise<unknown>;
