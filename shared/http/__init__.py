"""The edge to API callers and browsers: JSON, problem documents, pages."""
