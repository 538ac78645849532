/** A project's keys and what its author published: everything a real chain of trust needs. */
import { createKeyPair, digestOf, issueCertificate, type KeyPair, signTask } from '@manyhands/identity';
import type { Digest, SignedTask, TaskId, TaskManifest } from '@manyhands/protocol';

/** A script as the bundler leaves it; `run` is the body of run(input, ctx). */
export const bundleOf = (run: string): string => `
  var anything = { '~standard': { version: 1, vendor: 'test', validate: function (value) { return { value: value }; } } };
  var manyhandsTask = { default: { input: anything, output: anything, run: async function (input, ctx) { ${run} } } };`;

export interface PublishOptions {
  readonly manifest?: Partial<TaskManifest>;
  /** Signs the certificate; default: the project's own key. */
  readonly certifier?: KeyPair;
  readonly expiresAt?: number;
}

export class FakeProject {
  readonly key = createKeyPair();
  readonly author = createKeyPair();
  readonly tasks = new Map<TaskId, SignedTask>();
  readonly blobs = new Map<Digest, Uint8Array>();

  publish(run: string, options: PublishOptions = {}): TaskId {
    const bundle = Buffer.from(bundleOf(run));
    const digest = this.store(bundle);
    const manifest: TaskManifest = {
      format: 1,
      name: 'echo',
      version: '1.0.0',
      title: 'Says what it heard',
      license: 'MIT',
      bundle: digest,
      bundleBytes: bundle.length,
      limits: { memoryMB: 64, timeoutMs: 10_000, outputBytes: 10_000_000 },
      verify: { kind: 'quorum', k: 1, agree: { kind: 'exact' } },
      math: 'native',
      ...options.manifest,
    };
    const certificate = issueCertificate(
      {
        format: 1,
        projectKey: this.key.publicKey,
        authorKey: this.author.publicKey,
        author: 'ada',
        issuedAt: 0,
        expiresAt: options.expiresAt ?? Date.now() + 3_600_000,
      },
      options.certifier ?? this.key,
    );
    const { id, signed } = signTask(manifest, this.author, certificate);
    this.tasks.set(id, signed);
    return id;
  }

  store(content: string | Uint8Array): Digest {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes);
    this.blobs.set(digest, bytes);
    return digest;
  }
}
