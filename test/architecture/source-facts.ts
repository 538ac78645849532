/** What a source file imports, calls and contains, read from its syntax tree. */
import { parseSync } from 'vite';
import { read } from './repository.ts';

export interface Import {
  readonly specifier: string;
  /** Nothing of it is left when the file runs. */
  readonly typeOnly: boolean;
}
export interface FunctionFact {
  readonly name: string;
  readonly lines: number;
}
export interface SourceFacts {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionFact[];
  /** Globals and keywords that some folders forbid: `Date`, `Math.random`, `process.env`, `async` … as far as they occur. */
  readonly uses: ReadonlySet<string>;
  /** Top-level statements that still do something when types are gone, imports and re-exports left out. */
  readonly runs: boolean;
  readonly strings: readonly string[];
}

/** The part of ESTree that is looked at. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));
}

function* nodesOf(node: Node, parent: Node | null = null): Generator<{ node: Node; parent: Node | null }> {
  yield { node, parent };
  for (const child of childrenOf(node)) yield* nodesOf(child, node);
}

const known = new Map<string, SourceFacts>();

export function factsOf(path: string): SourceFacts {
  const facts = known.get(path) ?? readFacts(path);
  known.set(path, facts);
  return facts;
}

function readFacts(path: string): SourceFacts {
  const text = read(path);
  const { program, errors } = parseSync(path, text, { lang: path.endsWith('x') ? 'tsx' : 'ts' });
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
  const tree = program as unknown as Node;
  const nodes = [...nodesOf(tree)];
  return {
    path,
    lines: text.split('\n').length - 1,
    imports: nodes.flatMap(({ node }) => importOf(node)),
    functions: nodes.flatMap(({ node, parent }) => functionOf(node, parent, text)),
    uses: new Set(nodes.flatMap(({ node, parent }) => useOf(node, parent))),
    runs: (tree['body'] as Node[]).some(doesSomething),
    strings: nodes.flatMap(({ node }) => stringOf(node)),
  };
}

function importOf(node: Node): Import[] {
  const { source } = node;
  if (!isNode(source) || typeof source['value'] !== 'string') return [];
  const specifier = source['value'];
  if (node.type === 'ImportDeclaration') {
    const named = node['specifiers'] as Node[];
    const typeOnly = node['importKind'] === 'type' || (named.length > 0 && named.every((one) => one['importKind'] === 'type'));
    return [{ specifier, typeOnly }];
  }
  if (node.type === 'ExportNamedDeclaration') {
    const named = node['specifiers'] as Node[];
    return [{ specifier, typeOnly: node['exportKind'] === 'type' || named.every((one) => one['exportKind'] === 'type') }];
  }
  if (node.type === 'ExportAllDeclaration') return [{ specifier, typeOnly: node['exportKind'] === 'type' }];
  if (node.type === 'ImportExpression') return [{ specifier, typeOnly: false }];
  return node.type === 'TSImportType' ? [{ specifier, typeOnly: true }] : [];
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function functionOf(node: Node, parent: Node | null, text: string): FunctionFact[] {
  if (!FUNCTIONS.has(node.type)) return [];
  const name = nameOf(node['id']) ?? nameOf(parent?.['key']) ?? nameOf(parent?.['id']) ?? 'a nameless function';
  return [{ name, lines: text.slice(node.start, node.end).split('\n').length }];
}

const nameOf = (node: unknown): string | null => (isNode(node) && typeof node['name'] === 'string' ? node['name'] : null);

const GLOBALS = new Set([
  'Date',
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'crypto',
  'fetch',
  'console',
]);

function useOf(node: Node, parent: Node | null): string[] {
  if (FUNCTIONS.has(node.type)) return node['async'] === true ? ['async'] : [];
  if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node['await'] === true)) return ['async'];
  if (node.type === 'MemberExpression' && node['computed'] === false) {
    const member = `${nameOf(node['object'])}.${nameOf(node['property'])}`;
    return member === 'Math.random' || member === 'process.env' ? [member] : [];
  }
  if (node.type === 'VariableDeclarator' && isNode(node['init']) && nameOf(node['init']) === 'process') {
    return /\benv\b/.test(JSON.stringify(node['id'])) ? ['process.env'] : [];
  }
  return isGlobalUse(node, parent) ? [nameOf(node) as string] : [];
}

/** An identifier that stands for a global, and not for a property, a key or a type of that name. */
function isGlobalUse(node: Node, parent: Node | null): boolean {
  const name = node.type === 'Identifier' ? nameOf(node) : null;
  if (name === null || !GLOBALS.has(name) || parent === null) return false;
  if (parent.type.startsWith('TS')) return false;
  if (parent.type === 'MemberExpression') return parent['object'] === node || parent['computed'] === true;
  return !('key' in parent && parent['key'] === node && parent['computed'] !== true);
}

function doesSomething(statement: Node): boolean {
  if (statement.type === 'ImportDeclaration' || statement.type === 'ExportAllDeclaration') return false;
  if (statement.type.startsWith('TS')) return false;
  if (statement.type !== 'ExportNamedDeclaration') return true;
  return isNode(statement['declaration']) && !statement['declaration'].type.startsWith('TS');
}

function stringOf(node: Node): string[] {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return [node['value']];
  const { value } = node;
  return node.type === 'TemplateElement' && typeof value === 'object' && value !== null ? [(value as { cooked: string }).cooked] : [];
}
