"""Pages travel gzipped: a village's network is slow, and markup shrinks to a fifth."""

import gzip

from flask import Flask, Response, request

WORTH = 600  # bytes
KINDS = ("text/html", "application/json", "text/xml", "application/xml", "text/plain")


def register(app: Flask) -> None:
    @app.after_request
    def shrink(response: Response) -> Response:
        if response.mimetype not in KINDS or response.direct_passthrough or response.is_streamed:
            return response
        response.vary.add("Accept-Encoding")
        body = response.get_data()
        if (
            len(body) < WORTH
            or not request.accept_encodings.quality("gzip")
            or "Content-Encoding" in response.headers
        ):
            return response
        response.set_data(gzip.compress(body, 6))
        response.headers["Content-Encoding"] = "gzip"
        return response
