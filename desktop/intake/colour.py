"""Any colour mode, with or without an embedded profile, to sRGB on white."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

from desktop.intake import greys

# What a profile describes -> the mode that it can be applied to.
_PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def to_plain_mode(picture: Image.Image) -> Image.Image:
    """The picture in one of L, LA, RGB, RGBA, CMYK, LAB: modes that can be scaled without loss."""
    if greys.is_deep(picture):
        return greys.to_8_bits(picture)
    if picture.mode in {"CMYK", "LAB"}:
        return picture
    is_grey = picture.mode in {"1", "L", "La", "LA"}
    if picture.has_transparency_data:
        return _converted(picture, "LA" if is_grey else "RGBA")
    return _converted(picture, "L" if is_grey else "RGB")


def to_srgb_on_white(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """A picture of a plain mode as RGB, transparent parts white.

    `profile` is the embedded ICC profile. One that is broken or that describes other colours than
    the picture has is ignored, as every viewer does.
    """
    if picture.mode in {"LA", "RGBA"}:
        alpha = picture.getchannel("A")
        opaque = picture.convert(picture.mode.removesuffix("A"))
        white = Image.new("RGB", picture.size, "white")
        white.paste(_to_srgb(opaque, profile), mask=alpha)
        return white
    return _to_srgb(picture, profile)


def _converted(picture: Image.Image, mode: str) -> Image.Image:
    return picture if picture.mode == mode else picture.convert(mode)


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode == "LAB":
        return _transformed(picture, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = _PROFILE_MODES.get(source.profile.xcolor_space.strip())
            if picture.mode == "L" and mode == "RGB":
                picture = picture.convert("RGB")
            if picture.mode == mode:
                return _transformed(picture, source)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return _converted(picture, "RGB")


def _transformed(picture: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    result = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
    if result is None:  # only for in-place work
        raise ValueError
    return result
