"""A Picture as text, Mermaid, DOT, SVG or a page."""
