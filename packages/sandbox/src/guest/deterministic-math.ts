/** Puts our software port (math-ports.ts) in the place of the engine's transcendental functions, so that `Math` agrees bit for bit everywhere. */
type Ports = typeof import('./math-ports.ts');

// The bundler resolves it. Loading the ports costs half a millisecond, which units that never ask for a sine shall not pay.
declare const require: (path: './math-ports.ts') => Ports;
let loaded: Ports | undefined;
function ports(): Ports {
  loaded ??= require('./math-ports.ts');
  return loaded;
}

const UNARY_NAMES = [
  ...['acos', 'acosh', 'asin', 'asinh', 'atan', 'atanh', 'cbrt', 'cos', 'cosh', 'exp', 'expm1'],
  ...['log', 'log1p', 'log2', 'log10', 'sin', 'sinh', 'tan', 'tanh'],
] as readonly (keyof Ports['UNARY'])[];

/** Unary plus converts arguments as the engine's functions do: it refuses bigints. */
export function replaceMath(math: Math): void {
  for (const name of UNARY_NAMES) replace(math, name, (x: number) => ports().UNARY[name](+x));
  replace(math, 'atan2', (y: number, x: number) => ports().atan2(+y, +x));
  replace(math, 'hypot', (...sides: number[]) => sides.reduce((sum, side) => ports().hypot(sum, +side), 0));
  replace(math, 'pow', power);
}

/** Bundling turns `a ** b` into `Math.pow(a, b)`, and `**` knows bigints, which are exact everywhere. */
function power(base: number | bigint, exponent: number | bigint): number | bigint {
  if (typeof base === 'bigint' && typeof exponent === 'bigint') return base ** exponent;
  return ports().pow(+(base as number), +(exponent as number));
}

function replace(math: Math, name: string, port: (...args: never[]) => unknown): void {
  Object.defineProperty(port, 'name', { value: name });
  Object.defineProperty(math, name, { value: port, writable: true, enumerable: false, configurable: true });
}
