/** Every structure that differs from a given one in one place, so that it no longer has the same shape. */
type Tree = unknown;

export interface Edit {
  /** What was done, and where: `without leases[0].job`. */
  readonly name: string;
  readonly edited: Tree;
}

const isRecord = (tree: Tree): tree is Record<string, Tree> => typeof tree === 'object' && tree !== null && !Array.isArray(tree);

/** Something of another type; no field of ours may be several of them, but a payload, which is a string or an object. */
function otherType(tree: Tree): Tree {
  if (typeof tree === 'string') return 1;
  return typeof tree === 'object' ? true : 'x';
}

export function editsOf(tree: Tree, at = 'message'): Edit[] {
  const retyped = { name: `another type at ${at}`, edited: otherType(tree) };
  if (Array.isArray(tree)) {
    const within = tree.flatMap((item, i) =>
      editsOf(item, `${at}[${i}]`).map(({ name, edited }) => ({ name, edited: tree.with(i, edited) })),
    );
    return [retyped, ...within];
  }
  if (!isRecord(tree)) return [retyped];
  return [
    retyped,
    { name: `an unknown key in ${at}`, edited: { ...tree, unknown: 1 } },
    ...Object.keys(tree).flatMap((key) => editsAt(tree, key, at)),
  ];
}

function editsAt(tree: Record<string, Tree>, key: string, at: string): Edit[] {
  const { [key]: item, ...rest } = tree;
  const within = editsOf(item, `${at}.${key}`).map(({ name, edited }) => ({ name, edited: { ...tree, [key]: edited } }));
  return [{ name: `without ${at}.${key}`, edited: rest }, ...within];
}
