import type { errors as en } from '../en/errors.ts';
import type { Translation } from '../messages.ts';

export const errors: Translation<typeof en> = {
  'error.unreachable': 'تعذّر الوصول إلى الخادم. تحقق من الاتصال ثم أعد المحاولة.',
  'error.unknown': 'لم ينجح ذلك. أعد المحاولة.',
  'error.wait': {
    zero: 'أعد المحاولة الآن.',
    one: 'انتظر ثانية واحدة.',
    two: 'انتظر ثانيتين.',
    few: 'انتظر {count} ثوانٍ.',
    many: 'انتظر {count} ثانية.',
    other: 'انتظر {count} ثانية.',
  },
  'error.bad_request': 'في هذا ما ليس كما يجب.',
  'error.bad_username':
    'يتكون الاسم من ٢ إلى ٣٢ حرفًا لاتينيًا صغيرًا أو رقمًا أو نقطة أو شرطة، ويبدأ بحرف أو رقم.',
  'error.bad_credentials': 'الاسم أو كلمة المرور غير صحيحة.',
  'error.username_taken': 'هذا الاسم مأخوذ. اختر غيره.',
  'error.weak_password': 'كلمة المرور هذه سهلة التخمين. استخدم ٨ أحرف على الأقل، لا كلمة شائعة.',
  'error.registration_closed': 'لا تُنشأ حسابات جديدة هنا. اسأل المشغّل.',
  'error.invitation_required': 'يطلب هذا الخادم دعوة. اطلبها من عضو أو من المشغّل.',
  'error.invitation_invalid': 'هذه الدعوة غير معروفة أو مستخدمة أو منتهية. اطلب دعوة جديدة.',
  'error.too_many_devices': 'سُجِّل دخول هذا الحساب على أقصى عدد من الأجهزة. سجّل الخروج من أحدها أولًا.',
  'error.rate_limited': 'محاولات كثيرة.',
  'error.overloaded': 'الخادم مشغول. أعد المحاولة بعد لحظة.',
  'error.draining': 'يُعاد تشغيل الخادم. أعد المحاولة بعد لحظة.',
  'error.unavailable': 'جزء من الخادم لا يجيب. أعد المحاولة لاحقًا.',
  'error.storage_full': 'لا مساحة لدى الخادم. أخبر المشغّل.',
  'error.internal': 'أخطأ الخادم. أعد المحاولة.',
  'error.forbidden': 'لا يجوز لك ذلك.',
  'error.blocked': 'حظر أحدكما الآخر.',
  'error.not_a_member': 'لم تعد في هذه المحادثة.',
  'error.not_an_admin': 'لا يفعل هذا إلا مشرف المجموعة.',
  'error.user_not_found': 'لا يوجد أحد بهذا الاسم.',
  'error.conversation_not_found': 'لم تعد هذه المحادثة موجودة.',
  'error.too_large': 'هذا أطول من أن يُرسَل.',
};
