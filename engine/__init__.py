"""The engine: runs democratic procedures written as BPMN diagrams. Knows nothing of the web."""
