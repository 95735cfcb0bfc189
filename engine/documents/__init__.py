"""Documents (文书): 会议通知, 签到表, 会议记录, 表决票统计, 决议, 公示, 选票, 计票单, as Word file and PDF.

offered(rt, actor, instance_id)                                  # which can be produced now
produce(rt, actor, instance_id, "决议", task_id=…, form="pdf")    # one of them
disclose(rt, code, task_id, "决议", "pdf")                        # the copy for everybody, names masked
"""

from engine.documents.pdf import NoPdf
from engine.documents.pdf import available as pdf_available
from engine.documents.producing import Document, Form, Offer, disclose, offered, produce

__all__ = ["Document", "Form", "NoPdf", "Offer", "disclose", "offered", "pdf_available", "produce"]
