import type { Database } from 'better-sqlite3';
import { Catalogue } from './catalogue.ts';
import { CellTable } from './cells.ts';
import { EarnerTable } from './earners.ts';
import { EvidenceTable } from './evidence.ts';
import { HostTable } from './hosts.ts';
import { InputTable } from './inputs.ts';
import { InvalidResults } from './invalid-results.ts';
import { JobTable } from './jobs.ts';
import { Ledger } from './ledger.ts';
import { LiveLeases } from './live-leases.ts';
import { Parties } from './parties.ts';
import { StandingTable } from './standings.ts';
import { TallyTable } from './tallies.ts';
import { UnitTable } from './units.ts';

export interface Tables {
  readonly parties: Parties;
  readonly earners: EarnerTable;
  readonly hosts: HostTable;
  readonly catalogue: Catalogue;
  readonly jobs: JobTable;
  readonly inputs: InputTable;
  readonly units: UnitTable;
  readonly evidence: EvidenceTable;
  readonly invalid: InvalidResults;
  readonly ledger: Ledger;
  readonly cells: CellTable;
  readonly standings: StandingTable;
  readonly tallies: TallyTable;
  readonly live: LiveLeases;
}

export function prepareTables(db: Database): Tables {
  const parties = new Parties(db);
  const jobs = new JobTable(db);
  const units = new UnitTable(db, jobs, parties);
  const earners = new EarnerTable(db, parties);
  const live = new LiveLeases();
  live.follow(units.withLiveLeases());
  return {
    parties,
    jobs,
    units,
    live,
    earners,
    hosts: new HostTable(db, parties, earners),
    catalogue: new Catalogue(db),
    inputs: new InputTable(db, jobs),
    evidence: new EvidenceTable(db, jobs, parties),
    invalid: new InvalidResults(db, jobs, earners),
    ledger: new Ledger(db, jobs, parties, earners),
    cells: new CellTable(db, jobs, parties),
    standings: new StandingTable(db, parties),
    tallies: new TallyTable(db, jobs, parties),
  };
}
