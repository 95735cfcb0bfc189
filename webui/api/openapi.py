"""The OpenAPI 3.1 document, made from the endpoints' own declarations."""

from typing import Any

from webui.api.endpoint import ENDPOINTS, Endpoint, Raw
from webui.api.proceedings import explain
from webui.api.shapes import describe, parameters

ERRORS = {
    "400": "请求读不懂（编码、JSON、类型、大小）",
    "401": "没有令牌，或令牌无效、过期",
    "403": "看得到，但不归您办",
    "404": "没有，或与您无关",
    "409": "别人先办了一步",
    "422": "填写的内容不对，`fields` 说明哪一项",
    "503": "数据库暂时连不上或太忙，过一会儿再试",
}


def document(version: str) -> dict[str, Any]:
    """The whole document, as pure JSON."""
    schemas: dict[str, Any] = {"Problem": _problem()}
    paths: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    explain(schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "村议接口",
            "version": version,
            "description": "令牌用 `cunyi token 用户名` 生成，放在 `Authorization: Bearer` 里。时间为 UTC。",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {code: _error(text) for code, text in ERRORS.items()},
        },
    }


def _operation(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.title,
        "description": " ".join((endpoint.function.__doc__ or "").split()),
        "tags": [endpoint.path.split("/")[1]],
        "parameters": _path(endpoint) + (parameters(endpoint.query, schemas) if endpoint.query else []),
        "responses": {str(endpoint.status): _answer(endpoint, schemas)}
        | {code: {"$ref": f"#/components/responses/{code}"} for code in ERRORS},
    }
    if endpoint.upload:
        file = {"type": "string", "format": "binary"}
        part = {"type": "object", "properties": {"file": file}, "required": ["file"]}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": part}}}
    elif endpoint.body:
        schema = describe(endpoint.body, schemas)
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _path(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": describe(endpoint.hints[name], {})}
        for name in endpoint.arguments
    ]


def _answer(endpoint: Endpoint, schemas: dict[str, Any]) -> dict[str, Any]:
    if endpoint.answer is Raw:
        return {"description": "文件内容", "content": {"application/octet-stream": {"schema": {}}}}
    schema = describe(endpoint.answer, schemas)
    return {"description": "成功", "content": {"application/json": {"schema": schema}}}


def _error(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _problem() -> dict[str, Any]:
    detail = {
        "type": "object",
        "properties": {
            "code": {"type": "string", "description": "稳定的英文代码，程序据此判断"},
            "message": {"type": "string", "description": "中文说明，可以直接给人看"},
            "fields": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "出错的项 → 说明",
            },
        },
        "required": ["code", "message", "fields"],
    }
    return {"type": "object", "properties": {"error": detail}, "required": ["error"]}
