"""Server-rendered pages: base layout, macros, design tokens and static assets for all services."""

from shared.web.pages import Pages

__all__ = ["Pages"]
