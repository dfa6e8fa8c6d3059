import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { closeRedis, connectRedis, subscribeRedis, type RedisClient } from '../../src/cache/stores/redis-client.js';
import { withDeadline } from '../../src/lib/deadline.js';
import { silentLogger } from '../../src/lib/logger.js';
import { TcpProxy } from '../consistency/tcp-proxy.js';

/** Resolves when it answers; what it was asked in vain is forgotten, and it gets twice as long each time. */
async function until(answers: () => Promise<unknown>): Promise<void> {
  for (let patience = 200; ; patience *= 2) {
    const came = await withDeadline(answers(), patience, 'no answer').then(
      (answer) => answer,
      () => false,
    );
    if (came !== false) return;
    await pause(50);
  }
}

describe('D4 a network that swallows what existing connections to Redis send', () => {
  let proxy: TcpProxy;
  let client: RedisClient;

  beforeEach(async () => {
    const redis = new URL(inject('redisUrl'));
    proxy = await TcpProxy.start(Number(redis.port));
    redis.port = String(proxy.port);
    client = await connectRedis({ kind: 'single', url: redis.href }, silentLogger);
  });
  afterEach(async () => {
    await closeRedis(client);
    await proxy.close();
  });

  it('costs the connection for commands, which is made anew; what waited on it fails', async () => {
    expect(await client.ping()).toBe('PONG');
    proxy.swallow();
    const waiting = client.ping();
    await expect(waiting).rejects.toThrow();
    await until(() => client.ping());
  });

  it('costs the subscription, which is made anew', async () => {
    const channel = `${inject('runId')}-silent`;
    const publisher = createClient({ url: inject('redisUrl') });
    await publisher.connect();
    const heard: string[] = [];
    const end = subscribeRedis(client, { channel, onMessage: (message) => heard.push(message), onError: () => undefined });
    const publishUntilHeard = async (message: string): Promise<void> => {
      while (!heard.includes(message)) {
        await publisher.publish(channel, message);
        await pause(50);
      }
    };
    try {
      await publishUntilHeard('before');
      proxy.swallow();
      await publishUntilHeard('after');
    } finally {
      end();
      await publisher.close();
    }
  });
});
