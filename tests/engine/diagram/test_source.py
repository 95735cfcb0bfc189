"""Files nobody should be able to hurt us with, and every encoding people really have."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diagram import DiagramError, check_diagram, read_diagram
from engine.diagram.source import MAX_BYTES
from tests.engine.diagram.drawn import HEAD, E, S, bpmn, file, path, user

PLAIN = (
    f'{HEAD}<process id="p">{S}{user("审批", name="书记审批")}{E}{path("s 审批 e")}</process></definitions>'
)


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "gb18030", "gbk", "gb2312", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "hz", "cp936"],
)
def test_any_declared_encoding_is_read(encoding):
    data = f'<?xml version="1.0" encoding="{encoding}"?>{PLAIN}'.encode(encoding)
    assert [node.label for node in read_diagram(data).walk()] == ["s", "书记审批", "e"]


def test_a_byte_order_mark_does_no_harm():
    for encoding in ("utf-8-sig", "utf-16"):
        assert read_diagram(PLAIN.encode(encoding)).node("审批").name == "书记审批"


DOCTYPES = [
    "<!DOCTYPE definitions>",
    '<!DOCTYPE definitions SYSTEM "file:///etc/passwd">',
    '<!DOCTYPE definitions [<!ENTITY a "b">]>',
    '<!DOCTYPE definitions [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE definitions [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]>',
    '<!DOCTYPE definitions [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
]


@pytest.mark.parametrize("doctype", DOCTYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "utf-16-le"])
def test_a_doctype_is_refused_in_any_encoding(doctype, encoding):
    data = f'<?xml version="1.0" encoding="{encoding}"?>{doctype}{PLAIN}'.encode(encoding)
    with pytest.raises(DiagramError, match="DOCTYPE"):
        read_diagram(data)


def test_entities_never_expand():
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE definitions [<!ENTITY e0 "x">{levels}]>' + PLAIN.replace("书记审批", "&e11;")
    with pytest.raises(DiagramError):
        read_diagram(bomb.encode())


def test_the_word_doctype_in_a_label_is_a_word():
    assert (
        read_diagram(PLAIN.replace("书记审批", "&lt;!DOCTYPE&gt;").encode()).node("审批").name == "<!DOCTYPE>"
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"   ", "空的"),
        (b"\0\0\0", "XML"),
        (b"PK\x03\x04zip", "XML"),
        (b"<a", "XML"),
        (PLAIN.encode()[:-20], "XML"),
        (PLAIN.encode().replace("书记".encode(), b"\xff\xfe"), "XML"),
        (PLAIN.encode().replace("书记".encode(), b"\0"), "XML"),
        (b"<html/>", "html"),
        (b'<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"/>', "命名空间"),
        (b"<definitions/>", "命名空间"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', "XML"),
        (b"<a>" * 5000 + b"</a>" * 5000, "太深"),
        (b" " * (MAX_BYTES + 1), "太大"),
        (file(), "没有可以执行的流程"),
        (bpmn(""), "没有可以执行的流程"),
        (bpmn(user("a", name="长" * 3000)), "太长"),
    ],
)
def test_what_is_no_diagram_is_refused_in_plain_words(data, words):
    with pytest.raises(DiagramError, match=words):
        read_diagram(data)
    assert words in str(check_diagram(data)[0])


def test_broken_xml_names_the_line():
    data = PLAIN.replace("<process", "\n\n<process").replace("</process>", "").encode()
    with pytest.raises(DiagramError) as error:
        read_diagram(data)
    assert error.value.findings[0].line == 3
    assert "第 3 行" in str(error.value)


def test_a_megabyte_of_attribute_and_a_sea_of_elements_are_refused_in_time():
    for body in (user("a", name="x" * 5_000_000), "<documentation/>" * 70_000):
        with pytest.raises(DiagramError):
            read_diagram(bpmn(body))


def test_deeply_nested_sub_processes_are_an_answer_not_a_crash():
    body = user("a")
    for number in range(100):
        body = f'<subProcess id="s{number}">{body}</subProcess>'
    assert len(list(read_diagram(bpmn(body)).walk())) == 101
    for number in range(100, 300):
        body = f'<subProcess id="s{number}">{body}</subProcess>'
    with pytest.raises(DiagramError):
        read_diagram(bpmn(body))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: bpmn(text)))
def test_checking_never_raises(data):
    check_diagram(data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_checking_never_raises_for_damaged_files(data):
    whole = bpmn(S + user("a") + E + path("s a e"))
    at = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 40))
    damaged = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + length :]
    findings = check_diagram(damaged)
    try:
        read_diagram(damaged)
    except DiagramError as error:
        assert [str(finding) for finding in error.findings] == [str(finding) for finding in findings]
