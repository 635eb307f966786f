import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayManage, mayRemove, rolesFor } from './may.ts';

describe('who may do what in a group', () => {
  it('owners and administrators manage it', () => {
    assert.deepEqual(
      [mayManage('owner'), mayManage('admin'), mayManage('member'), mayManage(null)],
      [true, true, false, false],
    );
  });

  it('owners remove anybody but themselves, administrators plain members', () => {
    assert.equal(mayRemove('owner', 'owner', false), true);
    assert.equal(mayRemove('owner', 'owner', true), false);
    assert.equal(mayRemove('admin', 'member', false), true);
    assert.equal(mayRemove('admin', 'admin', false), false);
    assert.equal(mayRemove('member', 'member', false), false);
    assert.equal(mayRemove(null, 'member', false), false);
  });

  it('owners give every other role, and nobody else gives any', () => {
    assert.deepEqual(rolesFor('owner', 'member'), ['admin', 'owner']);
    assert.deepEqual(rolesFor('owner', 'owner'), ['member', 'admin']);
    assert.deepEqual(rolesFor('admin', 'member'), []);
  });
});
