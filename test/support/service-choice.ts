export const SERVICES = ['postgres', 'redis', 'chromium'] as const;
export type Service = (typeof SERVICES)[number];

/** `at` is a URL for a server that runs already, a path for programs that are to be started. */
export type Choice = { readonly by: 'variable' | 'running' | 'installed'; readonly at: string } | { readonly by: 'docker' };

/** What the decision needs to know of the machine; tests give their own. */
export interface Machine {
  /** @throws when the variable names something that cannot be used: what was asked for by name is not replaced silently. */
  named(service: Service): Promise<string | undefined>;
  running(service: Service): Promise<string | undefined>;
  installed(service: Service): Promise<string | undefined>;
  /** Whether packages may be installed: root on Debian, and nobody said never. */
  mayInstall(): boolean;
  install(missing: readonly Service[]): Promise<void>;
  docker(): Promise<boolean>;
  /** The one command that installs what is missing. */
  remedy(missing: readonly Service[]): string;
}

/**
 * Where each service comes from: a variable, else one that runs, else one that is installed, else Debian's packages, else
 * Docker (which has no browser that a test could start by its path), else an error with the command that installs it.
 */
export async function chooseServices(machine: Machine): Promise<Record<Service, Choice>> {
  const found = new Map<Service, Choice>();
  for (const service of SERVICES) {
    const choice = await present(machine, service);
    if (choice !== undefined) found.set(service, choice);
  }

  let missing = SERVICES.filter((service) => !found.has(service));
  let failure = '';
  if (missing.length > 0 && machine.mayInstall()) {
    try {
      await machine.install(missing);
    } catch (error) {
      failure = ` (${error instanceof Error ? error.message : String(error)})`;
    }
    for (const service of missing) {
      const path = await machine.installed(service);
      if (path !== undefined) found.set(service, { by: 'installed', at: path });
    }
  }

  missing = SERVICES.filter((service) => !found.has(service));
  if (missing.some((service) => service !== 'chromium') && (await machine.docker())) {
    for (const service of missing) if (service !== 'chromium') found.set(service, { by: 'docker' });
  }

  const { postgres, redis, chromium } = Object.fromEntries(found) as Partial<Record<Service, Choice>>;
  if (postgres === undefined || redis === undefined || chromium === undefined) {
    missing = SERVICES.filter((service) => !found.has(service));
    throw new Error(`The tests need ${missing.join(', ')}${failure}. Install with: ${machine.remedy(missing)}`);
  }
  return { postgres, redis, chromium };
}

async function present(machine: Machine, service: Service): Promise<Choice | undefined> {
  for (const by of ['named', 'running', 'installed'] as const) {
    const at = await machine[by](service);
    if (at !== undefined) return { by: by === 'named' ? 'variable' : by, at };
  }
  return undefined;
}
