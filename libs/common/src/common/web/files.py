"""Files that are sent by themselves, as the body of a request."""

from fastapi import Request

from common.refused import Refused
from common.web.parts import parts_of


async def file_in(request: Request, most: int) -> bytes:
    """A body that is a file of at most so many bytes. Raises Refused: `file-empty`, and `file-too-large`; what is beyond is not kept."""
    content = bytearray()
    with parts_of(request).rates.upload(request.state.subject):
        async for part in request.stream():
            content += part
            if len(content) > most:
                raise Refused("file-too-large", most=most)
    if not content:
        raise Refused("file-empty")
    return bytes(content)
