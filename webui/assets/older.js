// Phones here are often some years old: what our libraries use and Chrome 87 (2020) does not have.
Object.hasOwn ??= (object, key) => Object.prototype.hasOwnProperty.call(object, key);
Array.prototype.at ??= function at(index) { return this[index < 0 ? this.length + index : index]; };
URL.canParse ??= (url, base) => { try { return Boolean(new URL(url, base)); } catch { return false; } };
String.prototype.replaceAll ??= function replaceAll(from, to) { return this.split(from).join(to); };
