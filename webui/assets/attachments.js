// The attachments field as a module of form-js: for forms that are filled in, previewed and edited alike.
import { Files } from './files.jsx';

export const attachments = {
  __init__: ['attachments'],
  attachments: ['type', class { static $inject = ['formFields']; constructor(formFields) { formFields.register('filepicker', Files); } }],
};
