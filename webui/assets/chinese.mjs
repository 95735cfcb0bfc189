// form-js has no hook for translations, so its words are replaced while bundling. Each entry is a piece of its source,
// exactly as it stands in the pinned version, and must be found there: after an upgrade that changes a sentence the
// build stops here instead of showing English. tests/webui/test_form_viewer.py looks for what an upgrade adds.
import { readFileSync } from 'node:fs';

const FORM = [
  // what the checks say
  [`'Field is required.'`, `'这一项必须填写'`],
  [`'Value is not a number.'`, `'这里要填数字'`],
  [
    `'Value is expected to ' + (decimalDigits === 0 ? 'be an integer' : \`have at most \${decimalDigits} decimal digit\${decimalDigits > 1 ? 's' : ''}\`) + '.'`,
    `(decimalDigits === 0 ? '这里要填整数' : \`小数最多 \${decimalDigits} 位\`)`,
  ],
  [
    '`Please select a valid value, the two nearest valid values are ${previousValue} and ${nextValue}.`',
    '`请填写允许的数值，最接近的是 ${previousValue} 和 ${nextValue}`',
  ],
  ['`Field must match pattern ${validation.pattern}.`', `'格式不对，请按填写说明重填'`],
  ['`Field must have minimum value of ${validation.min}.`', '`不能小于 ${validation.min}`'],
  ['`Field must have maximum value of ${validation.max}.`', '`不能大于 ${validation.max}`'],
  [`'Min validation value is not a valid number.'`, `'表单设置的最小值不是数字，请告诉管理员'`],
  [`'Max validation value is not a valid number.'`, `'表单设置的最大值不是数字，请告诉管理员'`],
  ['`Field must have minimum length of ${validation.minLength}.`', '`太短了：至少 ${validation.minLength} 个字`'],
  ['`Field must have maximum length of ${validation.maxLength}.`', '`太长了：最多 ${validation.maxLength} 个字`'],
  [`'Field must be a valid  international phone number. (e.g. +4930664040900)'`, `'请填写正确的电话号码'`],
  [`'Field must be a valid email.'`, `'请填写正确的电子邮箱'`],
  // The stock pattern wants a country code, which nobody here dials; engine/forms.py accepts the same numbers.
  [`!PHONE_PATTERN.test(value)`, `!/^\\+?[\\d\\s()-]{5,20}$/.test(value)`],
  [`'Date and time must both be entered.'`, `'日期和时间都要填写'`],
  [`'No options source defined in the form definition'`, `'表单没有列出选项，请告诉管理员'`],
  // what the fields say
  [`emptyListMessage = 'No results'`, `emptyListMessage = '没有找到'`],
  [`hasOptionsLeft ? 'No results' : 'All values selected'`, `hasOptionsLeft ? '没有找到' : '已经全部选上'`],
  [`placeholder: 'Search'`, `placeholder: '请选择，或输入几个字查找'`],
  // the keypad of a phone, which form-js does not ask for
  [`step: incrementAmount,`, `inputMode: 'decimal', step: incrementAmount,`],
  [`undefined : 'Search'`, `undefined : '请选择，或输入几个字查找'`],
  [`valueLabel || 'Select'`, `valueLabel || '请选择'`],
  [`"Skip to search"`, `"跳到搜索"`],
  [`"Remove tag"`, `"去掉这一项"`],
  [`"Increment"`, `"增加"`],
  [`"Decrement"`, `"减少"`],
  [`'Add new'`, `'新增一行'`],
  ['`Expand all (${values.length - 1})`', '`全部展开（还有 ${values.length - 1} 行）`'],
  [`'Collapse'`, `'收起'`],
  ['`Remove list item ${itemIndex + 1}`', '`删除第 ${itemIndex + 1} 行`'],
  [`evaluatedColumns.length === 0 ? 'Nothing to show.'`, `evaluatedColumns.length === 0 ? '没有内容'`],
  [`children: "Nothing to show."`, `children: "没有内容"`],
  [`[currentPage + 1, " of ", chunkedData.length]`, `["第 ", currentPage + 1, " 页，共 ", chunkedData.length, " 页"]`],
  [`"Previous page"`, `"上一页"`],
  [`"Next page"`, `"下一页"`],
  ['`Click to sort by ${label} descending`', '`按${label}从大到小排列`'],
  ['`Click to sort by ${label} ascending`', '`按${label}从小到大排列`'],
  [`'Click to remove sorting'`, `'恢复原来的顺序'`],
  [`"No content to show."`, `"没有内容"`],
  [`"External content couldn't be loaded."`, `"外部内容打不开"`],
  [`"This is an image placeholder"`, `"图片"`],
  [`'Document reference is not defined.'`, `'表单没有指明文件，请告诉管理员'`],
  [`errors: ['Unable to download document']`, `errors: ['文件打不开，请稍后再试']`],
  [`errorMessage = 'Unable to download document'`, `errorMessage = '文件打不开，请稍后再试'`],
  ['`Download ${fileName}`', '`下载 ${fileName}`'],
  // the words a field falls back on when its schema has none
  [`    label: 'Button',`, `    label: '按钮',`],
  // dates and times as they are written here, whatever language the browser was installed in
  [`new Intl.DateTimeFormat(locale)`, `new Intl.DateTimeFormat('zh-CN', { year: 'numeric', month: '2-digit', day: '2-digit' })`],
  [`placeholder: getLocaleReadableDateFormat(),`, `placeholder: '年/月/日',`],
  [`    use24h = false,`, `    use24h = true,`],
  [`placeholder: use24h ? 'hh:mm' : 'hh:mm --'`, `placeholder: '时:分'`],
  [`(isPM ? 'PM' : 'AM')`, `(isPM ? 'PM(下午)' : 'AM(上午)')`],
];

// bpmn-js's menus have a hook for translations, but not for these.
const MENU = [
  [`\${ entriesToShow.length } \${ entriesToShow.length === 1 ? 'result' : 'results' } found`, '找到 ${ entriesToShow.length } 个'],
  [`title || 'Results'`, `title || '可选的'`],
  [`title || 'Search'`, `title || '查找'`],
];

// The editor's own: its palette, the empty form, and what its buttons say. The panel beside it is ours
// (studio/formpanel.jsx); tests/webui/studio/test_forms.py looks for what an upgrade adds.
const EDITOR = [
  [`title: "Components",\n      children: "Components"`, `title: "可以加的", children: "可以加的"`],
  [`placeholder: "Search components"`, `placeholder: "查找", "aria-label": "查找可以加的"`],
  [`title: "Clear content"`, `title: "清空"`],
  [`children: "No components found."`, `children: "没有找到"`],
  ['title: `Create ${getIndefiniteArticle(type)} ${label} element`', 'title: `拖到表单里，加一项${label}`'],
  [`label: 'Input',\n  id`, `label: '填写',\n  id`],
  [`label: 'Selection',\n  id`, `label: '选择',\n  id`],
  [`label: 'Presentation',\n  id`, `label: '说明',\n  id`],
  [`label: 'Containers',\n  id`, `label: '几项一起',\n  id`],
  [`label: 'Action',\n  id`, `label: '其他',\n  id`],
  // Kinds of field the product does not read have no group, and stand in no palette.
  [`type\n  }) => type !== 'default');`, `type, group\n  }) => type !== 'default' && group);`],
  [`children: "Drag and drop components here."`, `children: "把要填的拖到这里"`],
  [`children: "Build your form"`, `children: "这张表单还是空的"`],
  [`children: "Drag and drop components here to start designing."`, `children: "在左边点一样，或者拖过来，就加上一项。"`],
  [`children: "Use the preview window to test your form."`, `children: "右边是手机上的样子，可以试填。"`],
  [`"Text view is empty"`, `"说明文字还是空的"`],
  [`"Text view is populated by an expression"`, `"说明文字由公式给出"`],
  [`"Text view is templated"`, `"说明文字里有要换的字段"`],
  [`"Html view is empty"`, `"网页内容还是空的"`],
  [`"Html view is populated by an expression"`, `"网页内容由公式给出"`],
  [`"Html view is templated"`, `"网页内容里有要换的字段"`],
  [`"Document preview"]`, `"文件预览"]`],
  // The field that is selected takes the focus whenever it changes: not from whoever is changing it in our panel.
  [
    `if (selection.isSelected(field)) {\n      ref.current.focus();`,
    `if (selection.isSelected(field) && !document.activeElement?.closest('[data-keeps-focus]')) {\n      ref.current.focus();`,
  ],
  [`children: "Repeatable"`, `children: "可加行"`],
  [`return 'Remove form field';`, `return '删去这一项';`],
  ['return `Remove ${entry.label}`;', 'return `删去${entry.label}`;'],
];

export const chinese = {
  name: 'chinese',
  setup(bundler) {
    bundler.onLoad({ filter: /form-js-editor[\\/]dist[\\/]index\.es\.js$/ }, ({ path }) => ({
      contents: translate(readFileSync(path, 'utf8'), EDITOR),
      loader: 'js',
    }));
    bundler.onLoad({ filter: /popup-menu[\\/]PopupMenuComponent\.js$/ }, ({ path }) => ({
      contents: translate(readFileSync(path, 'utf8'), MENU),
      loader: 'js',
    }));
    bundler.onLoad({ filter: /form-js-viewer[\\/]dist[\\/]index\.es\.js$/ }, ({ path }) => ({
      contents: translate(readFileSync(path, 'utf8'), FORM),
      loader: 'js',
    }));
  },
};

function translate(source, phrases) {
  for (const [english, translated] of phrases) {
    if (!source.includes(english)) throw new Error(`nothing says ${english} any longer: mend webui/assets/chinese.mjs`);
    source = source.replaceAll(english, () => translated);
  }
  return source;
}
