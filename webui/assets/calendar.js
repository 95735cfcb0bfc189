// The calendar of date fields, in Chinese.
import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/esm/l10n/zh.js';

const LABELS = { yearAriaLabel: '年', monthAriaLabel: '月', hourAriaLabel: '时', minuteAriaLabel: '分' };

export function speakChinese() {
  flatpickr.localize({ ...Mandarin, ...LABELS, amPM: ['上午', '下午'] });
}
