"""Small files in the habits of other tools: their ids, namespaces, encodings, and what they add or leave out."""

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def _flow(source: str, target: str, inner: str = "", prefix: str = "", **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    start = f'<{prefix}sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"{written}'
    return f"{start}>{inner}</{prefix}sequenceFlow>" if inner else f"{start}/>"


def _when(text: str) -> str:
    return f"<conditionExpression><![CDATA[{text}]]></conditionExpression>"


YAOQIANG = (
    f'<?xml version="1.0" encoding="MacRoman" standalone="yes"?>\n<definitions xmlns="{_BPMN}" '
    'xmlns:yaoqiang="http://bpmn.sourceforge.net" exporter="Yaoqiang BPMN Editor" name="" targetNamespace="urn:y">'
    '<process id="PROCESS_1" isClosed="false" isExecutable="true" processType="None">'
    '<startEvent id="_2" isInterrupting="true" name="Start" parallelMultiple="false"/>'
    '<task completionQuantity="1" id="_3" isForCompensation="false" name="Task 1" startQuantity="1"/>'
    '<exclusiveGateway gatewayDirection="Unspecified" id="_4" name="Gateway"/>'
    '<task id="_5" name="Task 2"/><task id="_6" name="Task 3"/><endEvent id="_8"/>'
    + "".join(_flow(*pair) for pair in (("_2", "_3"), ("_3", "_4"), ("_4", "_5"), ("_4", "_6")))
    + _flow("_5", "_8")
    + _flow("_6", "_8")
    + "</process></definitions>"
).encode("mac-roman")

IBM = (
    f'<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmi:version="2.0" xmlns:xmi="http://www.omg.org/XMI" '
    f'xmlns:bpmn="{_BPMN}" exporter="http://www.ibm.com/BPM" targetNamespace="urn:i">'
    '<bpmn:process id="bpmnid-80c796ae-c11d-42d8-92ae-1d88bab84536" name="Process" processType="None">'
    '<bpmn:serviceTask id="b1" name="Task 1"/><bpmn:startEvent id="b0"/><bpmn:endEvent id="b2"/>'
    + _flow("b0", "b1", prefix="bpmn:")
    + _flow("b1", "b2", prefix="bpmn:")
    + "</bpmn:process></bpmn:definitions>"
).encode()

JBPM = (
    f'<definitions id="Definition" xmlns="{_BPMN}" xmlns:tns="http://www.jboss.org/drools" {_XSI} '
    'typeLanguage="http://www.java.com/javaTypes" targetNamespace="urn:j">'
    '<itemDefinition id="_approvedItem" structureRef="Boolean"/>'
    '<process id="evaluation" name="Evaluation" tns:packageName="defaultPackage" isExecutable="true">'
    '<property id="approved" itemSubjectRef="_approvedItem"/>'
    '<startEvent id="_1"/>'
    '<userTask id="_2" name="Evaluate"><ioSpecification><dataInput id="_2_in" name="TaskName"/>'
    "<inputSet><dataInputRefs>_2_in</dataInputRefs></inputSet><outputSet/></ioSpecification>"
    "<dataInputAssociation><targetRef>_2_in</targetRef><assignment><from>evaluate</from><to>_2_in</to></assignment>"
    "</dataInputAssociation><potentialOwner><resourceAssignmentExpression><formalExpression>john</formalExpression>"
    "</resourceAssignmentExpression></potentialOwner></userTask>"
    '<scriptTask id="_3" name="Log" scriptFormat="http://www.java.com/java"><script>System.out.println(1);</script>'
    '</scriptTask><complexGateway id="_4" gatewayDirection="Converging"/>'
    '<exclusiveGateway id="_5" name="ok?" gatewayDirection="Diverging"/><endEvent id="_6"/>'
    '<endEvent id="_7"><terminateEventDefinition/></endEvent>'
    + "".join(_flow(*pair) for pair in (("_1", "_2"), ("_2", "_3"), ("_3", "_4"), ("_4", "_5")))
    + _flow("_5", "_6", _when('return approved == "yes";'))
    + _flow("_5", "_7", _when("return !(approved == &quot;yes&quot;);".replace("&quot;", '"')))
    + "</process></definitions>"
).encode()

FLOWABLE = (
    f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{_BPMN}" {_XSI} '
    'xmlns:flowable="http://flowable.org/bpmn" targetNamespace="http://www.flowable.org/processdef">'
    '<process id="vacationRequest" name="请假" isExecutable="true" flowable:candidateStarterGroups="staff">'
    '<startEvent id="s" flowable:initiator="employee"/>'
    '<userTask id="handle" name="审批请假" flowable:candidateGroups="management"><extensionElements>'
    '<flowable:formProperty id="approved" name="同意吗" type="enum" required="true">'
    '<flowable:value id="true" name="同意"/><flowable:value id="false" name="不同意"/></flowable:formProperty>'
    '<flowable:taskListener event="create" class="org.example.Listen"/></extensionElements></userTask>'
    '<exclusiveGateway id="g" name="批了吗"/>'
    '<userTask id="each" name="逐人通知"><multiInstanceLoopCharacteristics isSequential="false" '
    'flowable:collection="${handle.people}" flowable:elementVariable="person"/></userTask>'
    '<serviceTask id="mail" flowable:type="mail"/><endEvent id="e"/>'
    + "".join(_flow(*pair) for pair in (("s", "handle"), ("handle", "g"), ("mail", "e"), ("each", "e")))
    + _flow("g", "each", _when("${handle.approved == 'true'}"), name="批了")
    + _flow("g", "mail", _when("${handle.approved == 'false' || handle.approved == ''}"), name="没批")
    + "</process></definitions>"
).encode()

ZEEBE = (
    f'<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="{_BPMN}" {_XSI} '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://bpmn.io/schema/bpmn">'
    '<bpmn:process id="order" name="Order" isExecutable="true"><bpmn:startEvent id="s"/>'
    '<bpmn:userTask id="check" name="Check"><bpmn:extensionElements>'
    '<zeebe:assignmentDefinition assignee="=starter"/><zeebe:formDefinition formId="f"/></bpmn:extensionElements>'
    '</bpmn:userTask><bpmn:exclusiveGateway id="g" name="Fine?"/><bpmn:callActivity id="call" name="Ship">'
    '<bpmn:extensionElements><zeebe:calledElement processId="shipping" propagateAllChildVariables="false"/>'
    '</bpmn:extensionElements></bpmn:callActivity><bpmn:endEvent id="e"/>'
    + "".join(_flow(*pair, prefix="bpmn:") for pair in (("s", "check"), ("check", "g"), ("call", "e")))
    + _flow(
        "g",
        "call",
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=check.amount &gt; 10 and check.fine = "yes"'
        "</bpmn:conditionExpression>",
        prefix="bpmn:",
    )
    + _flow("g", "e", prefix="bpmn:")
    + "</bpmn:process></bpmn:definitions>"
).encode()

SIGNAVIO = (
    f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{_BPMN}" '
    'xmlns:signavio="http://www.signavio.com" exporter="Signavio Process Editor" targetNamespace="urn:s">'
    '<collaboration id="sid-c"><participant id="sid-p1" name="Pool 1" processRef="sid-81"/>'
    '<participant id="sid-p2" name="Black box"/>'
    '<messageFlow id="sid-m" sourceRef="sid-p2" targetRef="sid-ce"/></collaboration>'
    '<process id="sid-81" isClosed="false" isExecutable="false" processType="None"><laneSet id="sid-l">'
    '<lane id="sid-l1" name="Sachbearbeiter"><extensionElements><signavio:signavioMetaData metaKey="bgcolor" '
    'metaValue=""/></extensionElements><flowNodeRef>sid-t</flowNodeRef><flowNodeRef>sid-ce</flowNodeRef></lane>'
    '</laneSet><startEvent id="sid-s" name=""/><task id="sid-t" name="Prüfen&#10;und ablegen"/>'
    '<intermediateCatchEvent id="sid-ce" name="Antwort"><messageEventDefinition id="sid-d"/></intermediateCatchEvent>'
    '<subProcess id="sid-sub" name="Zugeklappt" triggeredByEvent="false"/><endEvent id="sid-e"/>'
    '<dataObject id="sid-do"/><dataObjectReference id="sid-dr" dataObjectRef="sid-do" name="Akte"/>'
    '<association id="sid-a" sourceRef="sid-t" targetRef="sid-dr" associationDirection="One"/>'
    + "".join(
        _flow(*pair)
        for pair in (("sid-s", "sid-t"), ("sid-t", "sid-ce"), ("sid-ce", "sid-sub"), ("sid-sub", "sid-e"))
    )
    + "</process></definitions>"
).encode()

BIZAGI = (
    f'<?xml version="1.0" encoding="utf-16"?><definitions xmlns="{_BPMN}" '
    'xmlns:bizagi="http://www.bizagi.com/bpmn20" targetNamespace="http://www.bizagi.com/definitions/x">'
    '<process id="Id_3f8e9f0a-1111-2222-3333-444455556666" name="Proceso 1"><documentation/>'
    '<startEvent id="Id_s"><extensionElements><bizagi:BizagiExtensions><bizagi:BizagiProperties/>'
    "</bizagi:BizagiExtensions></extensionElements></startEvent>"
    '<task id="Id_t" name="Revisar"/><intermediateCatchEvent id="Id_w"><timerEventDefinition/></intermediateCatchEvent>'
    '<boundaryEvent id="Id_b" attachedToRef="Id_t" cancelActivity="true"><errorEventDefinition/></boundaryEvent>'
    '<parallelGateway id="Id_g"/><endEvent id="Id_e"/>'
    + "".join(_flow(*pair) for pair in (("Id_s", "Id_t"), ("Id_t", "Id_w"), ("Id_w", "Id_g")))
    + _flow("Id_g", "Id_e", _when("x"))
    + "</process></definitions>"
).encode("utf-16")

TRANSACTIONS = (  # in the habits of Trisotech and the standard's own examples
    f'<definitions xmlns="{_BPMN}" targetNamespace="urn:t"><process id="booking" name="Booking"><startEvent id="s"/>'
    '<transaction id="tr" name="Book"><startEvent id="is"/><task id="it" name="Try"/><endEvent id="ie">'
    f"<cancelEventDefinition/></endEvent>{_flow('is', 'it')}{_flow('it', 'ie')}</transaction>"
    '<boundaryEvent id="b" attachedToRef="tr"><cancelEventDefinition/></boundaryEvent>'
    '<adHocSubProcess id="ah" name="Do"><task id="a1" name="one"/></adHocSubProcess><endEvent id="e"/>'
    '<task id="pay" name="Pay" isForCompensation="true"/><task id="t" name="Charge"/>'
    '<boundaryEvent id="cb" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>'
    '<association id="as" sourceRef="cb" targetRef="pay"/>'
    f"{_flow('s', 'tr')}{_flow('tr', 'ah')}{_flow('ah', 't')}{_flow('t', 'e')}{_flow('b', 'e')}"
    "</process></definitions>"
).encode()

HABITS = {
    "Yaoqiang": YAOQIANG,
    "IBM Process Designer": IBM,
    "jBPM": JBPM,
    "Flowable": FLOWABLE,
    "Camunda 8": ZEEBE,
    "Signavio": SIGNAVIO,
    "Bizagi": BIZAGI,
    "Trisotech": TRANSACTIONS,
}
