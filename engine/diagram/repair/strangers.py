"""Files that are no BPMN, recognised by what is in them, each with the way to get a BPMN file instead."""

from __future__ import annotations

import re

_EXPORT = "请在原来的工具里选“导出”或“另存为”，格式选 BPMN 2.0（.bpmn 或 .xml），再上传导出的文件"

_BINARY = (
    (b"%PDF", "这是 PDF 文件，只能看，里面没有流程。"),
    (b"\x89PNG", "这是图片，里面没有流程。"),
    (b"\xff\xd8\xff", "这是图片，里面没有流程。"),
    (b"GIF8", "这是图片，里面没有流程。"),
    (b"\xd0\xcf\x11\xe0", "这是旧版 Office 或 Visio 文件（.doc、.xls、.vsd）。"),
    (b"\x1f\x8b", "这是压缩文件。请先解压，上传里面的 .bpmn 文件；没有的话，"),
    (b"7z\xbc\xaf", "这是压缩文件。请先解压，上传里面的 .bpmn 文件；没有的话，"),
    (b"Rar!", "这是压缩文件。请先解压，上传里面的 .bpmn 文件；没有的话，"),
)
_ZIPPED = (
    (b"visio/", "这是 Visio 文件（.vsdx）。"),
    (b"word/", "这是 Word 文件（.docx）。"),
    (b"xl/", "这是 Excel 文件（.xlsx）。"),
    (b"ppt/", "这是 PowerPoint 文件（.pptx）。"),
)
_ENDINGS = (
    (".bpm", "这是 Bizagi 的工程文件（.bpm）。"),
    (".sgx", "这是 Signavio 的归档文件（.sgx）。"),
    (".adl", "这是 ADONIS 的模型文件（.adl）。"),
    (".igx", "这是 iGrafx 的工程文件（.igx）。"),
)
_ROOTS = {
    "Package": "这是 XPDL 文件，不是 BPMN 2.0。",
    "WorkflowProcess": "这是 XPDL 文件，不是 BPMN 2.0。",
    "html": "这是网页，不是流程图文件。",
    "svg": "这是图片（SVG），里面没有流程。",
    "mxfile": "这是 draw.io 的图，只有图形，没有流程。请用 BPMN 工具重画，或者",
    "mxGraphModel": "这是 draw.io 的图，只有图形，没有流程。请用 BPMN 工具重画，或者",
    "VisioDocument": "这是 Visio 的图（.vdx）。",
    "AML": "这是 ARIS 的导出文件（AML），不是 BPMN 2.0。",
    "ADOXML": "这是 ADONIS 的导出文件（ADOXML），不是 BPMN 2.0。",
    "process-definition": "这是 jBPM 旧版（jPDL）的文件，不是 BPMN 2.0。",
    "XMI": "这是 UML 模型（XMI），不是 BPMN 2.0。",
    "RDF": "这是知识图谱文件（RDF），不是 BPMN 2.0。",
    "pnml": "这是 Petri 网文件（PNML），不是 BPMN 2.0。",
    "epml": "这是 EPC 流程图（EPML），不是 BPMN 2.0。",
    "process": "这是别的流程语言（BPEL 或 jPDL），不是 BPMN 2.0。",
}
_LANGUAGES = (
    (b"/DMN/", "这是决策表（DMN），不是流程图。"),
    (b"/CMMN/", "这是案例模型（CMMN），不是流程图。"),
    (b"schemas.xmlsoap.org/wsdl", "这是接口说明（WSDL），不是流程图。"),
)
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})[\s/>]")


def stranger(data: bytes, name: str) -> str | None:
    """What a file is, when it is certainly not BPMN 2.0, and what to do; None where it may be."""
    ending = next((said for end, said in _ENDINGS if name.lower().endswith(end)), None)
    binary = next((said for start, said in _BINARY if data.startswith(start)), None)
    if binary is not None:
        return binary + _EXPORT
    if data.startswith(b"PK\x03\x04"):
        inside = next((said for part, said in _ZIPPED if part in data), None)
        packed = "这是压缩文件。请先解压，上传里面的 .bpmn 文件；没有的话，"
        return (ending or inside or packed) + _EXPORT
    said = ending or _by_content(data[:20_000].replace(b"\0", b""))
    return None if said is None else said + _EXPORT


def _by_content(text: bytes) -> str | None:
    plain = text.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if plain[:1] in (b"{", b"["):
        return "这是 JSON 文件，不是 BPMN 2.0。"
    if plain[:1] != b"<":
        return "这不是流程图文件，里面不是 XML。"
    if re.match(rb"(?i)<!doctype\s+html", plain):
        return _ROOTS["html"]
    root = next((m.group(1).decode() for m in _ROOT.finditer(plain)), "")
    if root == "definitions":
        known = b"/BPMN/" in plain  # a diagram may name the tables and services it uses
        return None if known else next((said for part, said in _LANGUAGES if part in plain), None)
    return _ROOTS.get(root) or _ROOTS.get(root.lower())
