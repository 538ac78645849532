/** Where figures are quoted. */
export const DOCUMENTS = ['docs/guarantees.md', 'SECURITY.md'] as const;
