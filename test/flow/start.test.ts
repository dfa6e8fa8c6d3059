import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { refuseDemoAccounts } from '../../src/admin/refuse-demo.js';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { users } from '../../src/database/tables/tenancy.js';
import { backends, type Running } from '../support/backends.js';
import { seededDatabase } from '../support/seeded-databases.js';

describe('what stops the start', () => {
  const running: Running[] = [];
  afterEach(async () => {
    for (const each of running.splice(0)) await each.close();
  });

  it('a second server on one database, where neither has Redis', async () => {
    const { url, drop } = await seededDatabase();
    const config = loadConfig({ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: url });
    const first = await createApp(config);
    await expect(createApp(config)).rejects.toThrow('another server without Redis uses this database: stop it, or give both the same REDIS_URL.');
    await first.close();
    const next = await createApp(config);
    await next.close();
    await drop();
  });

  it.each(backends)('demo accounts in production, on $name', async (backend) => {
    const service = await backend.start();
    running.push(service);
    const { database } = service.app;
    await expect(refuseDemoAccounts({ environment: 'production' }, database)).rejects.toMatchObject({
      code: 'DEMO_ACCOUNTS_REFUSED',
      message: expect.stringContaining('platform@larder.example') as string,
    });
    await refuseDemoAccounts({ environment: 'development' }, database);
    await service.change((tx) => tx.delete(users).where(eq(users.platformAdmin, true)));
    await expect(refuseDemoAccounts({ environment: 'production' }, database)).rejects.not.toMatchObject({
      message: expect.stringContaining('platform@larder.example') as string,
    });
  });
});
