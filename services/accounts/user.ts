import type { Audience } from '../../protocol/commands.ts';

export interface User {
  id: string;
  username: string;
  kind: 'person' | 'bot';
  admin: boolean;
  name: string | null;
  phone: string | null;
  photo: string | null;
  status: string | null;
  lastSeen: number | null;
  lastSeenAudience: Audience;
  presenceAudience: Audience;
  createdAt: number;
}
