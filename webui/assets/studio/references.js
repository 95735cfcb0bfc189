// Lists that a step is done for each item of. BPMN names them by data objects; other tools, and people, write the
// list's place in the data instead. The engine reads both, bpmn-js drops a reference that leads to no element: so such
// a file gets the data objects it means before it is opened.
const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const BEFORE_FLOW = new Set(
  ['documentation', 'extensionElements', 'auditing', 'monitoring', 'ioSpecification', 'property', 'laneSet'],
);

/** The same diagram with a data object for every list that is named by its place; as it was where there is none. */
export function withLists(xml) {
  const file = new DOMParser().parseFromString(xml, 'application/xml');
  if (file.getElementsByTagName('parsererror').length) return xml; // whoever opens it says so
  const ids = new Set([...file.getElementsByTagName('*')].map((each) => each.getAttribute('id')));
  const loose = ['loopDataInputRef', 'loopDataOutputRef']
    .flatMap((name) => [...file.getElementsByTagNameNS(BPMN, name)])
    .filter((reference) => nameIn(reference) && !ids.has(nameIn(reference).split(':').pop()));
  for (const reference of loose) {
    const activity = reference.parentNode.parentNode;
    reference.textContent = dataObject(activity.parentNode, nameIn(reference), ids).getAttribute('id');
  }
  return loose.length ? new XMLSerializer().serializeToString(file) : xml;
}

const nameIn = (reference) => reference.textContent.trim();

function dataObject(scope, name, ids) {
  const known = [...scope.children].find(
    (each) => each.namespaceURI === BPMN && each.localName === 'dataObject' && each.getAttribute('name') === name,
  );
  if (known) return known;
  const made = scope.ownerDocument.createElementNS(BPMN, scope.prefix ? `${scope.prefix}:dataObject` : 'dataObject');
  let number = 1;
  while (ids.has(`data_${number}`)) number += 1;
  ids.add(`data_${number}`);
  made.setAttribute('id', `data_${number}`);
  made.setAttribute('name', name);
  const first = [...scope.children].find((each) => !BEFORE_FLOW.has(each.localName));
  scope.insertBefore(made, first ?? null);
  return made;
}
