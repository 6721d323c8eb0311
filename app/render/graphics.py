"""Whether this computer's OpenGL can draw blocks: asked once at the start, before the canvas is made."""

from __future__ import annotations

from PySide6.QtGui import QOffscreenSurface, QOpenGLContext, QOpenGLFunctions

_OLDEST = (2, 1)
_GL_MAX_3D_TEXTURE_SIZE = 0x8073
_GL_VENDOR, _GL_RENDERER, _GL_VERSION = 0x1F00, 0x1F01, 0x1F02
_LEAST_SIDE = 256
"""A driver that takes less than this many voxels a side could not show even small blocks."""


def why_no_opengl() -> str:
    """Return why blocks cannot be drawn with OpenGL here, for people to read; empty if they can.

    Needs the application, made with AA_ShareOpenGLContexts: the context that Qt has made then is asked. What this
    costs (the driver is loaded) is saved when the canvas comes.
    """
    context = QOpenGLContext.globalShareContext()
    if context is None or not context.isValid():
        return "no context could be made"
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    surface.create()
    if not context.makeCurrent(surface):
        return "its context cannot be used"
    try:
        return _what_is_missing(context)
    finally:
        context.doneCurrent()
        surface.destroy()


def _what_is_missing(context: QOpenGLContext) -> str:
    version = context.format().version()
    if version < _OLDEST:
        return f"version {version[0]}.{version[1]} is older than {_OLDEST[0]}.{_OLDEST[1]}"
    functions = context.functions()
    features = QOpenGLFunctions.OpenGLFeature
    for feature, name in ((features.Shaders, "shaders"), (features.Framebuffers, "frame buffer objects")):
        if not functions.hasOpenGLFeature(feature):
            return f"it has no {name}"
    side = functions.glGetIntegerv(_GL_MAX_3D_TEXTURE_SIZE)
    if isinstance(side, int) and side < _LEAST_SIDE:
        return f"it takes only {side} voxels a side"
    return ""


def drawn_by(is_plain: bool) -> str:
    """Return what draws, for people to read, whatever the graphics do. `is_plain`: OpenGL is not used."""
    if is_plain:
        return "OpenGL is not used, slices are drawn by the processor"
    try:
        return graphics_name()
    except Exception as error:  # noqa: BLE001 - who asks looks for what is wrong here
        return f"not known ({type(error).__name__}: {error})"


def graphics_name() -> str:
    """Return who draws with which version of OpenGL, for people to read; why nobody does where there is none.

    The context that is current stays so.
    """
    context = QOpenGLContext.globalShareContext()
    if context is None or not context.isValid():
        return "no OpenGL"
    before = QOpenGLContext.currentContext()
    surface_before = before.surface() if before is not None else None
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    surface.create()
    if not context.makeCurrent(surface):
        return "an OpenGL that cannot be used"
    try:
        functions = context.functions()
        vendor, renderer, version = (
            _text(functions.glGetString(name)) for name in (_GL_VENDOR, _GL_RENDERER, _GL_VERSION)
        )
        return f"{renderer} ({vendor}), OpenGL {version}"
    finally:
        context.doneCurrent()
        surface.destroy()
        if before is not None and surface_before is not None:
            before.makeCurrent(surface_before)


def _text(said: object) -> str:
    return said.decode("latin-1") if isinstance(said, bytes) else str(said)
