import Type from 'typebox';

/** What a bot can be allowed to do. It starts with nothing, and people have no scopes: they may do all of it. */
export const scopes = {
  'messages.read':
    'gets what is written in its conversations: inbox, events, history, search, members; says that it has read',
  'messages.send': 'writes messages, to users and in its conversations',
  'messages.manage':
    'edits and deletes its messages (as administrator of a group also others’), reacts, hides',
  groups:
    'makes groups and, by its role, changes them and who is in them; sets disappearing messages; leaves',
  presence: 'sees who is online, as far as they allow',
  typing: 'says that it is typing, and sees who is',
  profile: 'changes its own profile and privacy settings',
  contacts: 'keeps contacts, and blocks users',
  open: 'publishes and subscribes to plain MQTT topics, as far as the operator’s rules allow',
} as const;

export type Scope = keyof typeof scopes;
export const scopeNames = Object.keys(scopes) as Scope[];
export const isScope = (name: string): name is Scope => Object.hasOwn(scopes, name);

const ScopeName = Type.Union(scopeNames.map((name) => Type.Literal(name))) as unknown as ReturnType<
  typeof Type.Unsafe<Scope>
>;
export const Scopes = Type.Array(ScopeName, {
  uniqueItems: true,
  maxItems: scopeNames.length,
  description: 'what the bot may do; what is not named it may not',
});
