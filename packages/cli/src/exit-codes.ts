/** What the shell is told. 64 and above are those of sysexits.h. `manyhands --help` prints this table. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'done' },
  unsuccessful: {
    code: 1,
    meaning: 'done, but units failed, the job was cancelled, the answers of a trial did not agree, or a check found something wrong',
  },
  usage: { code: 64, meaning: 'a flag or argument makes no sense' },
  data: { code: 65, meaning: 'the task or an input cannot be used' },
  unavailable: { code: 69, meaning: 'the coordinator does not answer, or the port is taken' },
  defect: { code: 70, meaning: 'a defect in Manyhands, or no sandbox can be made on this machine' },
  disk: { code: 74, meaning: 'the disk failed, or what is on it is damaged' },
  busy: { code: 75, meaning: 'another process uses the data folder' },
  expelled: { code: 76, meaning: "the coordinator ended this machine's work" },
  refused: { code: 77, meaning: 'the coordinator refused, or nobody has agreed to the project yet' },
  config: { code: 78, meaning: 'an address, author file, data folder or setting is missing or wrong' },
  interrupted: { code: 130, meaning: 'interrupted' },
} as const satisfies Record<string, { code: number; meaning: string }>;

export type ExitName = keyof typeof EXIT_CODES;

export const exitCodesText = (): string =>
  ['Exit codes:', ...Object.values(EXIT_CODES).map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)].join('\n');
