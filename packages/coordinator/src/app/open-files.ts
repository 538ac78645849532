/** What the operating system allows this process. */
interface Report {
  readonly userLimits?: { readonly open_files?: { readonly soft: number | 'unlimited' } };
}

/** For the database, blobs and whatever the runners need. */
const RESERVED = 500;

/** How many connections leave enough open files for everything else; null: as many as anybody likes. A store that cannot open a file must stop. */
export function affordableConnections(): number | null {
  const { userLimits } = process.report.getReport() as Report;
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? Math.max(1, soft - RESERVED) : null;
}
