"""Pictures as people may show them: the same to look at, without what a camera adds (place, time, device).

What a file claims of its size is looked at before anything is unpacked, so a small file that would be a huge picture
costs nothing.
"""

import asyncio
from io import BytesIO

from PIL import Image, ImageOps

from common.refused import Refused

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG"}
LOOKS = frozenset({"transparency", "icc_profile"})
"""What a picture needs to look the same."""
QUALITY = 92


async def without_traces(content: bytes, media_type: str, most_pixels: int) -> bytes:
    """A picture anew, upright and without metadata. Raises Refused: `picture-unreadable`, `picture-too-large`."""
    return await asyncio.to_thread(_anew, content, FORMATS[media_type], most_pixels)


def _anew(content: bytes, kind: str, most_pixels: int) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=(kind,)) as picture:
            width, height = picture.size
            if width * height > most_pixels:
                raise Refused("picture-too-large", most=most_pixels)
            upright = ImageOps.exif_transpose(picture)
            upright.info = {name: value for name, value in upright.info.items() if name in LOOKS}
            anew = BytesIO()
            upright.save(anew, kind, quality=QUALITY, exif=b"")
    except Image.DecompressionBombError:
        raise Refused("picture-too-large", most=most_pixels) from None
    except (OSError, ValueError, SyntaxError):  # each says of a damaged file what it likes
        raise Refused("picture-unreadable") from None
    return anew.getvalue()
