"""Files: handed in before the form that refers to them, read by those who may see their matter."""

from urllib.parse import quote

from engine import operations
from webui.api.answers import File
from webui.api.endpoint import Call, Raw, endpoint


@endpoint("POST", "/files", "上传文件", status=201, upload=True)
def upload_file(call: Call, upload: tuple[bytes, str]) -> File:
    """一次一个，最多 10 MB；图片、PDF 和办公文档。图片里的拍摄位置会去掉。上传后一天没有用到的会删除。"""
    data, name = upload
    stored = operations.upload_file(call.runtime, call.person_id, data, name)
    return File(stored["id"], stored["name"], stored["size"], stored["media_type"])


@endpoint("GET", "/files/{file_id}", "取文件")
def read_file(call: Call, file_id: str) -> Raw:
    """自己上传的，或能看到的办件里的。"""
    data, media_type, name = operations.read_file(call.runtime, call.person_id, file_id)
    return Raw(data, media_type, {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"})
