import type { Content, Conversation, Message } from '../../../../sdk/index.ts';

const isKept = ({ seq, gone }: Message) => seq !== null && gone === null;

export const mayReact = (message: Message): boolean => isKept(message);
export const mayReply = (message: Message): boolean => isKept(message);
export const mayForward = (message: Message): boolean =>
  isKept(message) && message.content !== null && !message.unreadable;
export const mayCopy = ({ content, unreadable }: Message): boolean =>
  typeof content?.text === 'string' && content.text !== '' && !unreadable;
export const mayEdit = (message: Message, me: string): boolean =>
  isKept(message) && message.sender === me && message.content?.type === 'text' && !message.unreadable;
/** For oneself: also what is a mark of something deleted. */
export const mayDelete = ({ seq }: Message): boolean => seq !== null;
export const mayDeleteForAll = (message: Message, me: string, conversation: Conversation | null): boolean =>
  isKept(message) &&
  (message.sender === me || conversation?.role === 'owner' || conversation?.role === 'admin');

/** As it is said elsewhere: what could be pressed here would be pressed in the wrong place there. */
export function forwardable(content: Content): Content {
  if (content.type === 'text') return content;
  const pressable = ['buttons', 'quick_replies', 'button.press'].includes(content.type);
  return pressable && typeof content.text === 'string' && content.text !== ''
    ? { type: 'text', text: content.text }
    : content;
}
