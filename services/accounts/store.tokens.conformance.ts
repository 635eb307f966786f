import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { uuidv7 } from 'uuidv7';
import { sampleDevice, sampleHash, sampleToken, sampleUser } from './store.samples.ts';
import type { AccountStore, Device, RefreshToken } from './store.ts';

export function tokensConformance(open: () => AccountStore): void {
  describe('refresh tokens', () => {
    let device: Device;
    before(async () => {
      const user = sampleUser();
      device = sampleDevice(user.id);
      await open().createUser(user, 'a hash', null);
      await open().addDevice(device, 10);
    });
    const add = async (fields: Partial<RefreshToken> = {}) => {
      const token = sampleToken(device, fields);
      await open().addRefreshToken(token);
      return token;
    };

    it('gives back what was stored', async () => {
      const [fresh, used] = [await add(), await add({ usedAt: 7_000 })];
      assert.deepEqual(await open().refreshToken(fresh.hash), fresh);
      assert.deepEqual(await open().refreshToken(used.hash), used);
      assert.equal(await open().refreshToken(sampleHash()), null);
    });

    it('exchanges a token for its successor', async () => {
      const token = await add();
      const successor = sampleToken(device, { family: token.family });
      assert.equal(await open().rotateRefreshToken(token.hash, successor, 7_000), true);
      assert.deepEqual(await open().refreshToken(token.hash), { ...token, usedAt: 7_000 });
      assert.deepEqual(await open().refreshToken(successor.hash), successor);
    });

    it('exchanges none that was used or never was', async () => {
      const token = await add({ usedAt: 5_000 });
      for (const hash of [token.hash, sampleHash()]) {
        const successor = sampleToken(device, { family: token.family });
        assert.equal(await open().rotateRefreshToken(hash, successor, 7_000), false);
        assert.equal(await open().refreshToken(successor.hash), null);
      }
      assert.deepEqual(await open().refreshToken(token.hash), token);
    });

    it('exchanges a token once when it is used many times at once', async () => {
      const token = await add();
      const successors = Array.from({ length: 8 }, () => sampleToken(device, { family: token.family }));
      const won = await Promise.all(
        successors.map((successor, i) => open().rotateRefreshToken(token.hash, successor, 7_000 + i)),
      );
      assert.equal(won.filter(Boolean).length, 1);
      const kept = await Promise.all(successors.map(({ hash }) => open().refreshToken(hash)));
      assert.deepEqual(
        kept.map((one) => one !== null),
        won,
      );
      assert.equal((await open().refreshToken(token.hash))?.usedAt, 7_000 + won.indexOf(true));
    });

    it('marks nothing as used when the successor cannot be stored', async () => {
      const [token, taken] = [await add(), await add()];
      await assert.rejects(open().rotateRefreshToken(token.hash, { ...taken }, 7_000));
      assert.deepEqual(await open().refreshToken(token.hash), token);
    });

    it('deletes a family, and no other', async () => {
      const family = uuidv7();
      const [first, second, other] = [
        await add({ family, usedAt: 5_000 }),
        await add({ family }),
        await add(),
      ];
      await open().deleteFamily(family);
      assert.equal(await open().refreshToken(first.hash), null);
      assert.equal(await open().refreshToken(second.hash), null);
      assert.deepEqual(await open().refreshToken(other.hash), other);
      assert.equal(
        await open().rotateRefreshToken(second.hash, sampleToken(device, { family }), 7_000),
        false,
      );
    });

    it('sweeps what has expired, and says how many', async () => {
      await open().sweepTokens(1_000);
      const [past, now] = [await add({ expiresAt: 999, usedAt: 5 }), await add({ expiresAt: 1_000 })];
      const later = await add({ expiresAt: 1_001 });
      assert.equal(await open().sweepTokens(1_000), 2);
      assert.equal(await open().sweepTokens(1_000), 0);
      for (const { hash } of [past, now]) assert.equal(await open().refreshToken(hash), null);
      assert.deepEqual(await open().refreshToken(later.hash), later);
    });
  });
}
