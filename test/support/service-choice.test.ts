import { describe, expect, it } from 'vitest';
import { chooseServices, type Machine, type Service } from './service-choice.js';

type Places = Partial<Record<Service, string>>;

/** A machine that has nothing, unless told otherwise; notes what was asked of it. */
function machine(has: {
  named?: Places;
  running?: Places;
  installed?: Places;
  mayInstall?: boolean;
  packages?: Places;
  docker?: boolean;
}): Machine & { readonly log: string[] } {
  const log: string[] = [];
  const installed: Places = { ...has.installed };
  return {
    log,
    named: (service) => Promise.resolve(has.named?.[service]),
    running: (service) => {
      log.push(`running ${service}`);
      return Promise.resolve(has.running?.[service]);
    },
    installed: (service) => Promise.resolve(installed[service]),
    mayInstall: () => has.mayInstall ?? false,
    install: (missing) => {
      log.push(`install ${missing.join(' ')}`);
      if (has.packages === undefined) return Promise.reject(new Error('no network'));
      for (const service of missing) installed[service] = has.packages[service];
      return Promise.resolve();
    },
    docker: () => {
      log.push('docker');
      return Promise.resolve(has.docker ?? false);
    },
    remedy: (missing) => `get ${missing.join(' ')}`,
  };
}

const everything: Places = { postgres: '/pg', redis: '/redis', chromium: '/chromium' };

describe('where the tests find their services', () => {
  it('a variable comes first, and nothing else is touched then', async () => {
    const asked = machine({ named: everything, running: everything, installed: everything, mayInstall: true, docker: true });
    expect(await chooseServices(asked)).toEqual({
      postgres: { by: 'variable', at: '/pg' },
      redis: { by: 'variable', at: '/redis' },
      chromium: { by: 'variable', at: '/chromium' },
    });
    expect(asked.log).toEqual([]);
  });

  it('each service is decided on its own', async () => {
    const asked = machine({
      named: { redis: 'redis://named' },
      running: { postgres: 'postgres://running' },
      installed: everything,
    });
    expect(await chooseServices(asked)).toEqual({
      postgres: { by: 'running', at: 'postgres://running' },
      redis: { by: 'variable', at: 'redis://named' },
      chromium: { by: 'installed', at: '/chromium' },
    });
  });

  it('a running server comes before an installed one', async () => {
    const chosen = await chooseServices(machine({ running: { redis: 'redis://running' }, installed: everything }));
    expect(chosen.redis).toEqual({ by: 'running', at: 'redis://running' });
  });

  it('only what is missing is installed, and Docker is not asked when that was enough', async () => {
    const asked = machine({ installed: { redis: '/redis' }, mayInstall: true, packages: everything, docker: true });
    expect(await chooseServices(asked)).toEqual({
      postgres: { by: 'installed', at: '/pg' },
      redis: { by: 'installed', at: '/redis' },
      chromium: { by: 'installed', at: '/chromium' },
    });
    expect(asked.log).toContain('install postgres chromium');
    expect(asked.log).not.toContain('docker');
  });

  it('a machine that has nothing gets everything from packages', async () => {
    const asked = machine({ mayInstall: true, packages: everything });
    expect(Object.values(await chooseServices(asked)).map((choice) => choice.by)).toEqual([
      'installed',
      'installed',
      'installed',
    ]);
    expect(asked.log).toContain('install postgres redis chromium');
  });

  it('Docker comes after packages', async () => {
    const asked = machine({ installed: { chromium: '/chromium' }, mayInstall: true, docker: true });
    expect(await chooseServices(asked)).toEqual({
      postgres: { by: 'docker' },
      redis: { by: 'docker' },
      chromium: { by: 'installed', at: '/chromium' },
    });
    expect(asked.log).toContain('install postgres redis');
  });

  it('nothing is installed where it must not be', async () => {
    const asked = machine({ packages: everything });
    await expect(chooseServices(asked)).rejects.toThrow();
    expect(asked.log.filter((line) => line.startsWith('install'))).toEqual([]);
  });

  it('without any of them it fails with the one command, and why installing failed', async () => {
    await expect(chooseServices(machine({}))).rejects.toThrow(
      'The tests need postgres, redis, chromium. Install with: get postgres redis chromium',
    );
    await expect(chooseServices(machine({ mayInstall: true }))).rejects.toThrow(
      '(no network). Install with: get postgres redis chromium',
    );
  });

  it('a browser is not taken from Docker', async () => {
    await expect(chooseServices(machine({ docker: true }))).rejects.toThrow(
      'The tests need chromium. Install with: get chromium',
    );
  });
});
