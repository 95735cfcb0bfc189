// The server's findings on the elements themselves: bpmn-js-bpmnlint's marks, with our findings in place of its rules.
import lintModule from 'bpmn-js-bpmnlint';

const [, Linting] = lintModule.linting;

class ServerFindings extends Linting {
  /** Findings as the server gives them; they are drawn at once. */
  show(findings) {
    this.findings = findings;
    this.update();
  }

  lint() {
    const issues = {};
    for (const { code, element_id: id, message, severity } of this.findings ?? []) {
      if (!id) continue; // the list below the drawing has it
      (issues[code] ??= []).push({ id, message, category: severity === 'error' ? 'error' : 'warn' });
    }
    return Promise.resolve(issues);
  }

  _createButton() {
    // The drawer below the drawing says how many there are.
    this._button = document.createElement('button');
  }
}
ServerFindings.$inject = Linting.$inject;

export const linting = { ...lintModule, linting: ['type', ServerFindings] };
