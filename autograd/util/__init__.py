"""Tools that all parts of the package use (files, texts, arrays). They import nothing of the engine."""
