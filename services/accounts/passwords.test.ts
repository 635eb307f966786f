import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseOptions } from '@node-rs/argon2';
import { checkPassword } from './password-strength.ts';
import { Passwords } from './passwords.ts';
import { refusedWith } from './temporary.ts';

describe('passwords', () => {
  it('are kept as argon2id with the parameters of OWASP, each with its own salt', async () => {
    const passwords = new Passwords();
    const [a, b] = await Promise.all([passwords.hash('the same'), passwords.hash('the same')]);
    assert.match(a, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(a, b);
    assert.ok(parseOptions(a).saltLen >= 16);
    assert.equal(await passwords.verify(a, 'the same'), true);
    assert.equal(await passwords.verify(a, 'another one'), false);
  });

  it('are the same however the same characters are composed', async () => {
    const passwords = new Passwords();
    const hash = await passwords.hash('Zo\u00eb is here');
    assert.equal(await passwords.verify(hash, 'Zoe\u0308 is here'), true);
  });

  it('of nobody are never right', async () => {
    const passwords = new Passwords();
    for (const guess of ['', 'nobody', '\0']) assert.equal(await passwords.verify(null, guess), false);
  });

  it('are not hashed without bound: who comes when too many wait is sent away', async () => {
    const passwords = new Passwords();
    const asked = Array.from({ length: 120 }, () => passwords.verify(null, 'x').catch((error) => error));
    const answers = await Promise.all(asked);
    const away = answers.filter(refusedWith('overloaded'));
    assert.equal(away.length, 120 - 102);
    assert.equal(answers.filter((answer) => answer === false).length, 102);
    assert.equal(await passwords.verify(null, 'x'), false, 'and there is room again afterwards');
  });
});

describe('a password', () => {
  for (const good of [
    'correct horse battery staple',
    'bench password 7',
    'a long enough one',
    'пароль-надёжный',
  ])
    it(`may be ${good}`, () => checkPassword(good, 'alice'));

  const weak: [string, string][] = [
    ['too short', 'k3z!u9q'],
    ['too short in characters, though not in bytes', '😀😁😂🤣😃😄😅'],
    ['a row of digits', '12345678'],
    ['common', 'password'],
    ['common in capitals', 'PassWord123'],
    ['common in wide characters', 'ｐａｓｓｗｏｒｄ'],
    ['one character', 'aaaaaaaaaaaa'],
    ['three characters', 'abcabcabcabc'],
    ['the user name', 'alice.of.troy'],
    ['the user name in capitals', 'ALICE.of.Troy'],
    ['the user name and a little', 'my alice.of.troy!'],
  ];
  for (const [what, password] of weak)
    it(`must not be ${what}`, () =>
      assert.throws(() => checkPassword(password, 'alice.of.troy'), refusedWith('weak_password')));

  it('may contain a name that is too short to be looked for', () =>
    checkPassword('a balloon over Paris', 'al'));

  it('has a longest length', () => {
    checkPassword('long enough!'.repeat(22).slice(0, 256), 'alice');
    assert.throws(
      () => checkPassword('long enough!'.repeat(22).slice(0, 257), 'alice'),
      refusedWith('bad_request'),
    );
  });
});
