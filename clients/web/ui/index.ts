/** The kit. */
export { Avatar, type AvatarProps } from './avatar.tsx';
export { Button, type ButtonProps, IconButton, type IconButtonProps } from './button.tsx';
export { Dialog, type DialogProps, Sheet } from './dialog.tsx';
export { EmptyState } from './empty-state.tsx';
export { Icon } from './icon.tsx';
export type { IconName } from './icons.ts';
export { Logo } from './logo.tsx';
export { Menu, type MenuItem, type MenuProps } from './menu.tsx';
export { Spinner } from './spinner.tsx';
export { Switch, type SwitchProps } from './switch.tsx';
export { TextField, type TextFieldProps } from './text-field.tsx';
export { toast } from './toasts.ts';
export { Toasts } from './toasts.tsx';
export { Tooltip } from './tooltip.tsx';
