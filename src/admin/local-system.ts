import type { Config } from '../config.js';
import type { Database } from '../database/database.js';
import { importCatalogue, type ImportReport } from '../database/seed/import-catalogue.js';
import { showProgress } from '../database/seed/progress.js';
import { seedDemo, seedState } from '../database/seed/seed-demo.js';
import type { Logger } from '../lib/logger.js';
import { createPlatformAdmin, hashPassword } from '../modules/tenancy/tenancy.module.js';
import type { LocalSystem } from './commands.js';
import { probe } from './probe.js';

type Environment = Pick<Config, 'environment' | 'demoData'>;

export interface LocalRooms {
  readonly config: Environment & Pick<Config, 'redis' | 'cache'>;
  readonly open: () => Promise<Database>;
  readonly logger: Logger;
}

/** What the command line does to database and stores itself. */
export function createLocalSystem({ config, open, logger }: LocalRooms): Omit<LocalSystem, 'serve'> {
  const withDatabase = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
    const database = await open();
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  };
  return {
    // Opening the database brings its schema up to date.
    migrate: () => withDatabase((database) => Promise.resolve({ applied: database.migrated })),
    seed: ({ demo }) =>
      withDatabase(async (database) => {
        const progress = showProgress();
        const catalogue = await importCatalogue(database, { progress });
        return { catalogue, demo: demo ? await seedDemo(database, { ...accounts(config), progress }) : null };
      }),
    createAdmin: (account) => withDatabase((database) => createPlatformAdmin(database, account)),
    probe: () => probe({ config, open, logger }),
  };
}

/** Imports the catalogue and opens the demo pharmacies where they are wanted and missing. */
export async function seedIfWanted(config: Environment, database: Database): Promise<void> {
  if (!config.demoData) return;
  const { catalogue, demo } = await seedState(database);
  const progress = showProgress();
  if (!catalogue) report(await importCatalogue(database, { progress }));
  if (!demo) await seedDemo(database, { ...accounts(config), progress });
}

/** What of the product file could not be used, on standard error: standard output may be read by a program. */
function report({ products, malformed }: ImportReport): void {
  process.stderr.write(`Catalogue: ${products} products; ${malformed.length} lines could not be used\n`);
  for (const { line, reason } of malformed.slice(0, 20)) process.stderr.write(`  line ${line}: ${reason}\n`);
}

function accounts({ environment }: Environment) {
  return { production: environment === 'production', hashPassword };
}
