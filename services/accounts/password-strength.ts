import { Refused } from '../../protocol/errors.ts';

const SHORTEST = 8;
const LONGEST = 256;
/** A name shorter than this is part of too many words to be looked for in a password. */
const SHORTEST_NAME = 4;
/** Below this number of different characters it is a pattern. */
const FEWEST_DIFFERENT = 4;

/** The most common passwords of public leaks that have eight characters or more and are not refused as patterns. */
const COMMON = new Set(
  `
  12345678 123456789 1234567890 12345678910 0123456789 87654321 987654321 0987654321 11223344 1122334455 12341234
  123123123 1234qwer 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 q1w2e3r4 q1w2e3r4t5 qwer1234 qwerty12 qwerty123 qwerty1234
  qwertyui qwertyuiop qwertyuiop123 qazwsxedc zaq12wsx zxcvbnm1 zxcvbnm123 asdfghjk asdfghjkl asdf1234 asdfasdf
  password password1 password12 password123 password1234 password! passw0rd p@ssword p@ssw0rd p@ssw0rd1 pa55word
  mypassword thepassword passwort passwort1 motdepasse contrasena senha123 changeme changeme1 changeme123 letmein1
  letmein123 welcome1 welcome12 welcome123 iloveyou iloveyou1 iloveyou2 iloveyou! sunshine sunshine1 princess princess1
  football football1 baseball baseball1 basketball superman superman1 batman123 starwars starwars1 pokemon1 pokemon123
  michelle michael1 jennifer jessica1 jordan23 charlie1 daniel123 ashley123 butterfly computer computer1 internet
  trustno1 whatever whatever1 dragon123 monkey123 master123 shadow123 killer123 freedom1 mustang1 liverpool liverpool1
  chelsea1 arsenal1 barcelona realmadrid juventus corvette mercedes porsche1 samsung1 samsung123 nokia123 google123
  facebook facebook1 myspace1 linkedin dropbox1 minecraft minecraft1 fortnite1 abcd1234 abcdefgh abcdefg1 abc12345
  abc123456 a1234567 a12345678 a123456789 aa123456 aa12345678 q1234567 qq123456 qwe12345 qweasdzxc 1a2b3c4d zaq1zaq1
  admin123 admin1234 admin12345 administrator root1234 rootroot test1234 testtest testing123 guest123 user1234 default1
  secret123 hello123 helloworld hello1234 blink182 babygirl babygirl1 lovely123 loveme123 iloveu123 forever1 friends1
  angel123 anthony1 matthew1 robert123 thomas123 william1 alexander nicholas samantha victoria elizabeth christian
  spiderman spongebob slipknot metallica rockstar cheese123 chocolate cookie123 pepper123 summer123 winter123 spring123
  december november september february access14 access123 ncc1701d 147258369 741852963 159753456 789456123 963852741
  31415926 14789632 13579246 24681012 correcthorse correcthorsebatterystaple
  `
    .trim()
    .split(/\s+/),
);

/**
 * Refuses what is guessed first: too short, common, a pattern, or about the user's own sign-in name.
 * @throws {Refused} weak_password; bad_request when it is longer than anybody types
 */
export function checkPassword(password: string, username: string): void {
  const characters = [...password];
  if (characters.length > LONGEST)
    throw new Refused('bad_request', `/password: at most ${LONGEST} characters`);
  if (characters.length < SHORTEST) throw new Refused('weak_password', `at least ${SHORTEST} characters`);
  const folded = password.normalize('NFKC').toLowerCase();
  if (COMMON.has(folded)) throw new Refused('weak_password', 'one of the most common passwords');
  if (new Set(folded).size < FEWEST_DIFFERENT)
    throw new Refused('weak_password', `at least ${FEWEST_DIFFERENT} different characters`);
  if (folded === username || (username.length >= SHORTEST_NAME && folded.includes(username)))
    throw new Refused('weak_password', 'it contains the user name');
}
