/** Arabic. */
export const notifications = {
  'notifications.new': 'رسالة جديدة',
  'notifications.arrive': 'تصل الإشعارات إلى هذا الجهاز.',
  'notifications.title': 'على هذا الجهاز، عندما يكون Dunlin مغلقًا',
  'notifications.closed': 'الإشعارات',
  'notifications.closedHint': 'تصل عبر الشركة التي تصنع متصفحك، ولا يمكنها قراءتها.',
  'notifications.denied': 'مُنع هذا المتصفح من ذلك. اسمح به في إعدادات الموقع.',
  'notifications.none': 'لا توجد إشعارات في هذا المتصفح.',
  'notifications.install': 'أضف Dunlin إلى الشاشة الرئيسية أولًا: لا يتيحها هذا المتصفح إلا هناك.',
  'notifications.try': 'إرسال إشعار للتجربة',
  'notifications.tried': 'هناك إشعار في طريقه إلى هذا الجهاز.',
  'notifications.failed': 'لم ينجح ذلك. حاول لاحقًا.',
  'notifications.offer': 'هل تريد أن يصلك إشعار بالردود؟',
  'notifications.turnOn': 'تشغيل',
} as const;
