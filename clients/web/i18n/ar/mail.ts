import type { mail as english } from '../en/mail.ts';
import type { Translation } from '../messages.ts';

export const mail: Translation<typeof english> = {
  'mail.forgotten': 'هل نسيت كلمة المرور؟',
  'mail.forgottenTitle': 'تعيين كلمة مرور جديدة',
  'mail.forgottenText': 'أدخل اسم المستخدم أو عنوان بريد حسابك. إن وُجد عنوان فسيُرسل إليه رابط.',
  'mail.nameOrAddress': 'اسم المستخدم أو عنوان البريد',
  'mail.fillName': 'أدخل اسم المستخدم أو عنوان البريد.',
  'mail.send': 'إرسال الرابط',
  'mail.onItsWay': 'إذا كان للحساب عنوان بريد فالرابط في طريقه إليه. وهو صالح لوقت قصير.',
};
